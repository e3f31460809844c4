import { parseChallenges } from "./registry_auth.ts";
import { RegistryError, type RegistryErrorKind } from "./registry_error.ts";

/** A registry's answer, with its body. */
export class Answer {
  readonly url: URL;
  readonly method: string;
  readonly status: number;
  /** The usual words for the status. */
  readonly statusText: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;

  constructor(
    url: URL,
    method: string,
    response: Pick<Response, "status" | "headers"> & { statusText?: string },
    bytes: Uint8Array<ArrayBuffer>,
  ) {
    this.url = url;
    this.method = method;
    this.status = response.status;
    this.statusText = response.statusText ?? "";
    this.headers = response.headers;
    this.bytes = bytes;
  }

  /** Where a redirect leads; undefined when the answer is none. */
  get location(): URL | undefined {
    if (![301, 302, 303, 307, 308].includes(this.status)) return undefined;
    return this.target;
  }

  /** The Location, whatever the status. */
  get target(): URL | undefined {
    const text = this.headers.get("location");
    if (text === null || !URL.canParse(text, this.url.href)) return undefined;
    const url = new URL(text, this.url);
    url.username = url.password = "";
    return url;
  }

  /** The body as JSON; throws a SyntaxError that does not quote it. */
  json(): unknown {
    try {
      return JSON.parse(new TextDecoder().decode(this.bytes));
    } catch {
      throw new SyntaxError("the body is not JSON");
    }
  }

  /** The error that an answer other than a success stands for. */
  error(): RegistryError {
    const { code, text } = this.#challengeError() ?? this.#bodyError();
    return new RegistryError({
      kind: kindOf(this.status, code, this.url),
      method: this.method,
      url: this.url,
      status: this.status,
      code,
      text,
      retryAfter: retryAfterOf(this.headers.get("retry-after")),
    });
  }

  /** docker's registry says only here that a login will not help. */
  #challengeError(): { code: string; text: string } | undefined {
    const header = this.headers.get("www-authenticate") ?? "";
    for (const { parameters } of parseChallenges(header)) {
      const text = parameters.error_description ?? "";
      if (parameters.error === "insufficient_scope") {
        return { code: "DENIED", text };
      }
      if (parameters.error === "invalid_token") {
        return { code: "UNAUTHORIZED", text };
      }
    }
    return undefined;
  }

  /** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
  #bodyError(): { code: string | undefined; text: string } {
    let body: Record<string, unknown> = {};
    try {
      body = Object(this.json());
    } catch {
      // A proxy's page, or nothing; the status must do.
    }
    const first = Array.isArray(body.errors) ? Object(body.errors[0]) : {};
    // `details` is what docker's token server has.
    const texts = [first.message, body.details, body.message];
    const code = first.code;
    return {
      code: typeof code === "string" && /^\w{1,64}$/.test(code)
        ? code
        : undefined,
      text: texts.find((text) => typeof text === "string") ?? "",
    };
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

function kindOf(
  status: number,
  code: string | undefined,
  url: URL,
): RegistryErrorKind {
  switch (code) {
    case "MANIFEST_UNKNOWN":
      return "manifest-unknown";
    case "NAME_UNKNOWN":
      return "name-unknown";
    case "DENIED":
      return "denied";
    case "UNAUTHORIZED":
      return "unauthorized";
    case "TOOMANYREQUESTS":
      return "rate-limited";
  }
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "denied";
    case 404:
      return url.pathname.includes("/manifests/")
        ? "manifest-unknown"
        : "status";
    case 429:
      return "rate-limited";
    default:
      return "status";
  }
}
