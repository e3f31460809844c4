import {
  basicAuthorization,
  type CredentialsSource,
  parseChallenges,
  parseToken,
  tokenUrl,
} from "./registry_auth.ts";
import type { Answer } from "./registry_answer.ts";
import { type Exchange, isLoopback } from "./registry_exchange.ts";
import { RegistryError } from "./registry_error.ts";
import { apiHost } from "./registry_reference.ts";

/** What a {@linkcode RegistryTransport} needs from its caller. */
export interface TransportOptions {
  registry: string;
  repository: string;
  exchange: Exchange;
  credentials?: CredentialsSource | undefined;
}

/** What to ask for, and how large the answer may be. */
export interface GetOptions {
  limit: number;
  accept?: string;
}

const MAX_REDIRECTS = 5;
const TOKEN_LIMIT = 1024 * 1024;

/**
 * Gets from one repository: follows redirects, and authenticates when asked to.
 */
export class RegistryTransport {
  readonly #options: TransportOptions;
  readonly #base: URL;
  #authorization: string | undefined;

  private constructor(options: TransportOptions, base: URL) {
    this.#options = options;
    this.#base = base;
  }

  /** Finds out whether the registry speaks HTTPS, where that is in question. */
  static async open(options: TransportOptions): Promise<RegistryTransport> {
    const base = new URL(`https://${apiHost(options.registry)}/v2/`);
    const usable = isLoopback(base)
      ? await loopbackBase(options.exchange, base)
      : base;
    return new RegistryTransport(options, usable);
  }

  /** Gets a path below the repository; an answer that is no success throws. */
  async get(path: string, options: GetOptions): Promise<Answer> {
    const url = new URL(`${this.#options.repository}/${path}`, this.#base);
    let answer = await this.#follow(url, options, this.#authorization);
    if (answer.status === 401 && answer.url.origin === this.#base.origin) {
      const authorization = await this.#authenticate(answer);
      if (authorization !== undefined) {
        this.#authorization = authorization;
        answer = await this.#follow(url, options, authorization);
      }
    }
    if (answer.status !== 200) throw answer.error();
    return answer;
  }

  /** Gets a URL; only its own origin sees the Authorization. */
  async #follow(
    from: URL,
    { limit, accept }: GetOptions,
    authorization: string | undefined,
  ): Promise<Answer> {
    const home = from.origin;
    let url = from;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const headers = new Headers(accept === undefined ? {} : { accept });
      if (authorization !== undefined && url.origin === home) {
        headers.set("authorization", authorization);
      }
      const answer = await this.#options.exchange.get(url, { headers, limit });
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

  /** Answers a 401; undefined if its challenges leave nothing to answer with. */
  async #authenticate(answer: Answer): Promise<string | undefined> {
    const challenges = parseChallenges(
      answer.headers.get("www-authenticate") ?? "",
    );
    const { registry, repository } = this.#options;
    const credentials = await this.#options.credentials?.(registry);
    const basic = credentials && basicAuthorization(credentials);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer === undefined) {
      return challenges.some(({ scheme }) => scheme === "basic")
        ? basic
        : undefined;
    }
    try {
      const place = tokenUrl(bearer, repository, credentials?.username);
      const url = this.#allowed(place, answer.url);
      const token = await this.#token(url, basic);
      return `Bearer ${token}`;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new RegistryError({
        kind: "invalid-content",
        method: "GET",
        url: answer.url,
        status: answer.status,
        text: error.message,
      });
    }
  }

  async #token(url: URL, basic: string | undefined): Promise<string> {
    const answer = await this.#follow(url, { limit: TOKEN_LIMIT }, basic);
    if (answer.status !== 200) throw answer.error();
    return parseToken(answer.json());
  }

  /** Keeps what HTTPS protects from going on without it. */
  #allowed(url: URL, from: URL): URL {
    const plain = this.#base.protocol === "http:" && isLoopback(url);
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
async function loopbackBase(exchange: Exchange, base: URL): Promise<URL> {
  const options = { headers: new Headers(), limit: TOKEN_LIMIT };
  try {
    await exchange.get(base, options);
    return base;
  } catch (error) {
    if (!(error instanceof RegistryError) || error.kind !== "network") {
      throw error;
    }
    const plain = new URL(base);
    plain.protocol = "http:";
    try {
      if ((await exchange.get(plain, options)).status !== 400) return plain;
    } catch (plainError) {
      if (!(plainError instanceof RegistryError)) throw plainError;
    }
    throw error;
  }
}
