import type { Answer } from "./registry_answer.ts";
import {
  basicAuthorization,
  type Challenge,
  type Credentials,
  parseChallenges,
  parseToken,
  tokenForm,
  type TokenScope,
  tokenUrl,
} from "./registry_auth.ts";
import { RegistryError } from "./registry_error.ts";

/** What {@linkcode authorize} answers a challenge with. */
export interface AuthorizeOptions {
  credentials: Credentials | undefined;
  scopes: readonly TokenScope[];
  get: (url: URL, headers: Headers) => Promise<Answer>;
  post: (url: URL, body: Uint8Array<ArrayBuffer>) => Promise<Answer>;
}

/**
 * The Authorization header that answers a 401; undefined when there is none
 * that could help. Rejects with a {@linkcode RegistryError} when the token
 * server refuses, and when it takes a login that there is not.
 */
export async function authorize(
  answer: Answer,
  options: AuthorizeOptions,
): Promise<string | undefined> {
  const challenges = parseChallenges(
    answer.headers.get("www-authenticate") ?? "",
  );
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer === undefined) {
    const basic = challenges.some(({ scheme }) => scheme === "basic");
    if (!basic) return undefined;
    if (options.credentials) return basicAuthorization(options.credentials);
    throw new RegistryError({
      kind: "no-credentials",
      method: answer.method,
      url: answer.url,
      status: answer.status,
      text: "no basic auth credentials",
    });
  }
  try {
    return `Bearer ${await tokenFor(bearer, options)}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RegistryError({
      kind: "invalid-content",
      method: answer.method,
      url: answer.url,
      status: answer.status,
      text: error.message,
    });
  }
}

async function tokenFor(
  bearer: Challenge,
  { credentials, scopes, get, post }: AuthorizeOptions,
): Promise<string> {
  const url = tokenUrl(bearer, scopes, credentials?.username);
  const identity = credentials?.identityToken;
  let answer: Answer;
  if (identity) {
    const { origin, pathname } = url;
    const form = tokenForm(bearer, scopes, identity).toString();
    const body = new TextEncoder().encode(form);
    answer = await post(new URL(origin + pathname), body);
  } else {
    const headers = new Headers();
    if (credentials) {
      headers.set("authorization", basicAuthorization(credentials));
    }
    answer = await get(url, headers);
  }
  if (answer.status !== 200) throw answer.error();
  return parseToken(answer.json());
}
