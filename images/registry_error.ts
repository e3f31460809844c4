import {
  familiarName,
  familiarString,
  type RegistryReference,
} from "./registry_reference.ts";

/** What went wrong with a registry, for those who decide by it. */
export type RegistryErrorKind =
  | "manifest-unknown"
  | "name-unknown"
  | "denied"
  | "unauthorized"
  /** The registry wants a name and a password, and there are none. */
  | "no-credentials"
  | "rate-limited"
  /** No answer: name, connection, certificate, timeout. */
  | "network"
  /** An answer that is wrong or too large, or whose digest is another. */
  | "invalid-content"
  /** The index has no image for the platform. */
  | "no-platform"
  /** Any other status. */
  | "status";

/** What a {@linkcode RegistryError} is made of. */
export interface RegistryErrorInit {
  kind: RegistryErrorKind;
  method: string;
  url: URL;
  /** None when there was no answer. */
  status?: number | undefined;
  /** The registry's own, such as `MANIFEST_UNKNOWN`. */
  code?: string | undefined;
  /** The registry's own words, or the reason there are none. */
  text: string;
  /** How long the registry wants to be left alone, in milliseconds. */
  retryAfter?: number | undefined;
}

/**
 * A failed call to a registry. It has no query and no user part of the URL,
 * because those carry the secrets of presigned addresses; for the same reason
 * it does not keep the error of `fetch()`, which quotes them, as its cause.
 */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly kind: RegistryErrorKind;
  readonly method: string;
  /** Scheme, host, port and path. */
  readonly address: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly text: string;
  readonly retryAfter: number | undefined;

  constructor(init: RegistryErrorInit) {
    const { kind, method, url, status, code } = init;
    const address = `${url.protocol}//${url.host}${url.pathname}`;
    const text = printable(init.text);
    super(
      [`Cannot ${method} "${address}"`, status, code, text]
        .filter((part) => part !== undefined && part !== "").join(": "),
    );
    this.kind = kind;
    this.method = method;
    this.address = address;
    this.status = status;
    this.code = code;
    this.text = text;
    this.retryAfter = init.retryAfter;
  }
}

/**
 * The text that docker's daemon gives for a failed pull, without the
 * `Error response from daemon: ` that its client puts in front.
 *
 * @see https://github.com/moby/moby/blob/v27.5.1/distribution/errors.go
 */
export function dockerPullErrorText(
  error: RegistryError,
  reference: RegistryReference,
): string {
  switch (error.kind) {
    case "manifest-unknown":
      return `manifest for ${familiarString(reference)} not found: ${
        codeAndText(error, "MANIFEST_UNKNOWN")
      }`;
    case "name-unknown":
      return `repository ${familiarName(reference)} not found: ${
        codeAndText(error, "NAME_UNKNOWN")
      }`;
    case "denied":
    case "unauthorized":
      return `pull access denied for ${
        familiarName(reference)
      }, repository does not exist or may require 'docker login': ${
        codeAndText(error, error.kind.toUpperCase())
      }`;
    case "rate-limited":
      return codeAndText(error, "TOOMANYREQUESTS");
    case "network":
    case "no-credentials":
      return `${titleCase(error.method)} "${error.address}": ${error.text}`;
    case "status":
      if (error.code !== undefined) return codeAndText(error, error.code);
      return `received unexpected HTTP status: ${error.status} ${
        error.text || (STATUS_TEXTS[error.status ?? 0] ?? "")
      }`.trimEnd();
    default:
      return error.text;
  }
}

/**
 * The text that docker gives for a failed push, which has no prefix.
 *
 * @see https://github.com/moby/moby/blob/v26.1.5/distribution/push_v2.go
 */
export function dockerPushErrorText(error: RegistryError): string {
  switch (error.kind) {
    case "no-credentials":
      return error.text;
    case "network":
      return `${titleCase(error.method)} "${error.address}": ${error.text}`;
    case "denied":
    case "unauthorized":
      return codeAndText(error, error.kind.toUpperCase());
    case "name-unknown":
      return codeAndText(error, "NAME_UNKNOWN");
    case "rate-limited":
      return codeAndText(error, "TOOMANYREQUESTS");
    case "status":
    case "manifest-unknown":
      if (error.code !== undefined) return codeAndText(error, error.code);
      return `received unexpected HTTP status: ${error.status} ${
        error.text || (STATUS_TEXTS[error.status ?? 0] ?? "")
      }`.trimEnd();
    default:
      return error.text;
  }
}

/** What registries mean by a code when they send no words with it. */
const DEFAULT_TEXTS: Readonly<Record<string, string>> = {
  MANIFEST_UNKNOWN: "manifest unknown",
  NAME_UNKNOWN: "repository name not known to registry",
  DENIED: "requested access to the resource is denied",
  UNAUTHORIZED: "authentication required",
  TOOMANYREQUESTS: "too many requests",
};

/** HTTP/2 does not send these. */
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

function codeAndText(error: RegistryError, fallback: string): string {
  const code = error.code ?? fallback;
  const words = code.toLowerCase().replaceAll("_", " ");
  return `${words}: ${error.text || (DEFAULT_TEXTS[code] ?? words)}`;
}

function titleCase(method: string): string {
  return method.slice(0, 1) + method.slice(1).toLowerCase();
}

/** A server's words on one line that cannot move a terminal's cursor. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- those are what it takes out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim()
    .slice(0, 1024);
}
