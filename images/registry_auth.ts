/** A user's name and password or token for one registry. */
export interface Credentials {
  username: string;
  password: string;
  /** A token server gives tokens for it; name and password are empty then. */
  identityToken?: string;
}

/** Finds the credentials for a registry by its name, such as `docker.io`. */
export type CredentialsSource = (
  registry: string,
  /** Some keep credentials for parts of a registry. */
  repository?: string,
) => Promise<Credentials | undefined>;

/** One way a server offers to authenticate; names are in lower case. */
export interface Challenge {
  scheme: string;
  parameters: Readonly<Record<string, string>>;
}

/**
 * Parses a WWW-Authenticate header, which may hold several challenges. What
 * follows the first thing not understood is left out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.www-authenticate
 */
export function parseChallenges(header: string): Challenge[] {
  const scheme = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?=[\s,]|$)/y;
  const parameter =
    /[\s,]*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
  const challenges: { scheme: string; parameters: Record<string, string> }[] =
    [];
  for (let at = 0; at < header.length;) {
    parameter.lastIndex = scheme.lastIndex = at;
    const current = challenges.at(-1);
    const pair = current && parameter.exec(header);
    if (pair) {
      const [, name = "", quoted, plain] = pair;
      current.parameters[name.toLowerCase()] =
        quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
      at = parameter.lastIndex;
      continue;
    }
    const next = scheme.exec(header)?.[1];
    if (next === undefined) break;
    challenges.push({ scheme: next.toLowerCase(), parameters: {} });
    at = scheme.lastIndex;
  }
  return challenges;
}

/** The Authorization header for a name and password, as UTF-8. */
export function basicAuthorization(credentials: Credentials): string {
  const { username, password } = credentials;
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${bytes.toBase64()}`;
}

/** What a token is to allow: `pull`, or `pull,push`. */
export interface TokenScope {
  repository: string;
  actions: string;
}

/**
 * The address of a token. The scopes are the client's own and not the
 * challenge's, as docker's daemon does it: a registry cannot ask for more than
 * what the client is about to do. Without any scope the token only shows who
 * asks, which is what a login wants to know.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function tokenUrl(
  challenge: Challenge,
  scopes: readonly TokenScope[],
  username: string | undefined,
): URL {
  const { realm, service } = challenge.parameters;
  if (realm === undefined || !URL.canParse(realm)) {
    throw new SyntaxError("the registry names no place to get a token from");
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) {
    url.searchParams.append("scope", formatScope(scope));
  }
  if (username) url.searchParams.set("account", username);
  return url;
}

/**
 * The form by which an identity token is exchanged for one of the registry's.
 *
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export function tokenForm(
  challenge: Challenge,
  scopes: readonly TokenScope[],
  identityToken: string,
): URLSearchParams {
  return new URLSearchParams({
    grant_type: "refresh_token",
    service: challenge.parameters.service ?? "",
    client_id: "docker",
    scope: scopes.map(formatScope).join(" "),
    refresh_token: identityToken,
  });
}

function formatScope({ repository, actions }: TokenScope): string {
  return `repository:${repository}:${actions}`;
}

/** Reads a token server's answer; throws a SyntaxError if it has no token. */
export function parseToken(answer: unknown): string {
  const fields = (answer ?? {}) as Record<string, unknown>;
  const token = fields.token || fields.access_token;
  // The token becomes a header, so that a line break would be the end of it.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new SyntaxError("the answer has no token");
  }
  return token;
}
