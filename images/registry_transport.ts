import type { Answer } from "./registry_answer.ts";
import { authorize } from "./registry_authorization.ts";
import type { CredentialsSource, TokenScope } from "./registry_auth.ts";
import {
  type Exchange,
  type ExchangeRequest,
  isLoopback,
  type StreamAnswer,
} from "./registry_exchange.ts";
import { RegistryError } from "./registry_error.ts";

/** What a {@linkcode RegistryTransport} needs from its caller. */
export interface TransportOptions {
  /** Host and port. */
  host: string;
  /** The name that credentials are kept under; `docker.io` is not its host. */
  registry: string;
  repository: string;
  exchange: Exchange;
  credentials?: CredentialsSource | undefined;
  /** The user's settings allow it to be reached without HTTPS. */
  insecure?: boolean | undefined;
  /** Asks for tokens that may write too. */
  push?: boolean | undefined;
  /** Repositories that blobs are mounted from. */
  mountsFrom?: readonly string[] | undefined;
}

/** What to ask for, and how large the answer may be. */
export interface GetOptions {
  limit: number;
  accept?: string;
}

/** A request below the repository. */
export interface SendOptions {
  method: string;
  /** A path below the repository, or where the registry sent us. */
  to: string | URL;
  headers?: Record<string, string>;
  /** Called for each time that the body is sent. */
  body?: () =>
    | Uint8Array<ArrayBuffer>
    | ReadableStream<Uint8Array>
    | Promise<ReadableStream<Uint8Array>>;
  /** The statuses that are successes; all others throw. */
  expect: readonly number[];
}

const MAX_REDIRECTS = 5;
const TOKEN_LIMIT = 1024 * 1024;

/**
 * Speaks with one repository: follows redirects, and authenticates when asked
 * to.
 */
export class RegistryTransport {
  readonly #options: TransportOptions;
  readonly #base: URL;
  #authorization: string | undefined;
  #usedCredentials = false;

  private constructor(options: TransportOptions, base: URL) {
    this.#options = options;
    this.#base = base;
  }

  /** Finds out whether the registry speaks HTTPS, where that is in question. */
  static async open(options: TransportOptions): Promise<RegistryTransport> {
    const base = new URL(`https://${options.host}/v2/`);
    const usable = options.insecure || isLoopback(base)
      ? await usableBase(options.exchange, base, options.insecure ?? false)
      : base;
    return new RegistryTransport(options, usable);
  }

  get repository(): string {
    return this.#options.repository;
  }

  /** Where the registry's API begins. */
  get base(): URL {
    return this.#base;
  }

  /** Whether the registry was shown who asks. */
  get usedCredentials(): boolean {
    return this.#usedCredentials;
  }

  /** Gets a path below the repository; an answer that is no success throws. */
  async get(path: string, { limit, accept }: GetOptions): Promise<Answer> {
    const url = this.#place(path);
    const headers = new Headers(accept === undefined ? {} : { accept });
    const answer = await this.#authorized(
      () => this.#follow(url, headers, (to, h) => this.#get(to, h, limit)),
    );
    if (answer.status !== 200) throw answer.error();
    return answer;
  }

  /** As {@linkcode get}, with the body for the caller to read. */
  async open(
    path: string,
    headers: Record<string, string>,
  ): Promise<StreamAnswer> {
    const url = this.#place(path);
    const { exchange } = this.#options;
    const answer = await this.#authorized(() =>
      this.#follow(
        url,
        new Headers(headers),
        (to, h) => exchange.open(to, h),
      )
    );
    if ("body" in answer) return answer;
    throw answer.error();
  }

  /** Sends a request that may change something; follows no redirect. */
  async send(
    { method, to, headers = {}, body, expect }: SendOptions,
  ): Promise<Answer> {
    const url = typeof to === "string" ? this.#place(to) : to;
    const { exchange } = this.#options;
    const answer = await this.#authorized(async () => {
      const request: ExchangeRequest = {
        method,
        headers: this.#withAuthorization(url, new Headers(headers)),
        limit: TOKEN_LIMIT,
      };
      if (body) request.body = await body();
      return await exchange.send(url, request);
    });
    if (!expect.includes(answer.status)) throw answer.error();
    return answer;
  }

  /** Where an answer's Location leads; throws when it has none or a bad one. */
  locationOf(answer: Answer): URL {
    const url = answer.target;
    if (url !== undefined) return this.#allowed(url, answer.url);
    throw new RegistryError({
      kind: "invalid-content",
      method: answer.method,
      url: answer.url,
      status: answer.status,
      text: "the registry does not say where to go on",
    });
  }

  #place(path: string): URL {
    const { repository } = this.#options;
    return new URL(repository ? `${repository}/${path}` : path, this.#base);
  }

  #get(url: URL, headers: Headers, limit: number): Promise<Answer> {
    return this.#options.exchange.send(url, { headers, limit });
  }

  /** Sends, and once more with an answer to the registry's challenge. */
  async #authorized<T extends Answer | StreamAnswer>(
    send: () => Promise<T>,
  ): Promise<T> {
    const answer = await send();
    if (
      "body" in answer || answer.status !== 401 ||
      answer.url.origin !== this.#base.origin
    ) {
      return answer;
    }
    const authorization = await this.#authenticate(answer as Answer);
    if (authorization === undefined) return answer;
    this.#authorization = authorization;
    return await send();
  }

  /** Gets a URL; only its own origin sees the Authorization. */
  async #follow<T extends Answer | StreamAnswer>(
    from: URL,
    headers: Headers,
    get: (url: URL, headers: Headers) => Promise<T>,
  ): Promise<T> {
    let url = from;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const answer = await get(url, this.#withAuthorization(url, headers));
      if ("body" in answer) return answer;
      const { location } = answer as Answer;
      if (location === undefined) return answer;
      url = this.#allowed(location, answer.url);
    }
    throw new RegistryError({
      kind: "invalid-content",
      method: "GET",
      url: from,
      text: `more than ${MAX_REDIRECTS} redirects`,
    });
  }

  #withAuthorization(url: URL, headers: Headers): Headers {
    if (this.#authorization === undefined || url.origin !== this.#base.origin) {
      return headers;
    }
    const all = new Headers(headers);
    all.set("authorization", this.#authorization);
    return all;
  }

  /** Answers a 401; undefined if its challenges leave nothing to answer with. */
  async #authenticate(answer: Answer): Promise<string | undefined> {
    const { registry, repository } = this.#options;
    const credentials = await this.#options.credentials?.(registry, repository);
    const authorization = await authorize(answer, {
      credentials,
      scopes: this.#scopes(),
      get: (url, headers) =>
        this.#followToken(this.#allowed(url, answer.url), headers),
      post: (url, body) =>
        this.#options.exchange.send(this.#allowed(url, answer.url), {
          method: "POST",
          headers: new Headers({
            "content-type": "application/x-www-form-urlencoded",
          }),
          body,
          limit: TOKEN_LIMIT,
        }),
    });
    this.#usedCredentials = credentials !== undefined &&
      authorization !== undefined;
    return authorization;
  }

  /** Only the token server's own origin sees the password. */
  async #followToken(from: URL, headers: Headers): Promise<Answer> {
    let url = from;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const sent = url.origin === from.origin ? headers : new Headers();
      const answer = await this.#get(url, sent, TOKEN_LIMIT);
      if (answer.location === undefined) return answer;
      url = this.#allowed(answer.location, answer.url);
    }
    throw new RegistryError({
      kind: "invalid-content",
      method: "GET",
      url: from,
      text: `more than ${MAX_REDIRECTS} redirects`,
    });
  }

  #scopes(): TokenScope[] {
    const { repository, push, mountsFrom = [] } = this.#options;
    if (!repository) return [];
    return [
      { repository, actions: push ? "pull,push" : "pull" },
      ...mountsFrom.map((from) => ({ repository: from, actions: "pull" })),
    ];
  }

  /** Keeps what HTTPS protects from going on without it. */
  #allowed(url: URL, from: URL): URL {
    const plain = this.#base.protocol === "http:" &&
      (isLoopback(url) || url.host === this.#base.host);
    if (url.protocol === "https:" || (url.protocol === "http:" && plain)) {
      return url;
    }
    throw new RegistryError({
      kind: "invalid-content",
      method: "GET",
      url: from,
      text: `the registry sends on to "${url.protocol}//${url.host}", ` +
        "which is not HTTPS",
    });
  }
}

/**
 * docker takes a registry on this machine without HTTPS, though HTTPS comes
 * first. A certificate that fails is no reason to go on without one: a server
 * that speaks HTTPS answers plain HTTP with 400 or not at all.
 */
async function usableBase(
  exchange: Exchange,
  base: URL,
  insecure: boolean,
): Promise<URL> {
  const options = { headers: new Headers(), limit: TOKEN_LIMIT };
  try {
    await exchange.send(base, options);
    return base;
  } catch (error) {
    if (!(error instanceof RegistryError) || error.kind !== "network") {
      throw error;
    }
    const plain = new URL(base);
    plain.protocol = "http:";
    try {
      if ((await exchange.send(plain, options)).status !== 400) return plain;
    } catch (plainError) {
      if (!(plainError instanceof RegistryError)) throw plainError;
      // Most of those registries never spoke HTTPS: their own answer tells more.
      if (insecure) throw plainError;
    }
    throw error;
  }
}
