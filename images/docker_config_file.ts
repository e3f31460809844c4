/**
 * docker's config.json, where `docker login` leaves what it is told.
 *
 * @module
 */
import {
  encodeAuth,
  parseCredentialFile,
  registryOfKey,
  serverKey,
} from "./credential_file.ts";
import {
  eraseFromHelper,
  type RunProgram,
  runProgram,
  storeInHelper,
} from "./credential_helper.ts";
import { helperFor } from "./docker_config.ts";
import type { Credentials } from "./registry_auth.ts";

/**
 * Keeps credentials: with the helper that the file names for the registry, or
 * else in the file itself, which only its owner may read.
 *
 * @returns whether they are in the file, where everybody could read them who
 * could read the file.
 */
export async function keepCredentials(
  path: string,
  registry: string,
  credentials: Credentials,
  run: RunProgram = runProgram,
): Promise<{ inFile: boolean }> {
  const text = await read(path);
  const helper = helperFor(parseCredentialFile(text, path), registry);
  const key = serverKey(registry);
  if (helper) await storeInHelper(helper, key, credentials, run);
  const file = Object(JSON.parse(text));
  const { identityToken } = credentials;
  const entry = helper
    ? {}
    : identityToken
    ? { identitytoken: identityToken }
    : { auth: encodeAuth(credentials) };
  await write(path, { ...file, auths: { ...file.auths, [key]: entry } });
  return { inFile: helper === undefined };
}

/** Forgets a registry's credentials. */
export async function forgetCredentials(
  path: string,
  registry: string,
  run: RunProgram = runProgram,
): Promise<void> {
  const text = await read(path);
  const helper = helperFor(parseCredentialFile(text, path), registry);
  if (helper) await eraseFromHelper(helper, serverKey(registry), run);
  const file = Object(JSON.parse(text));
  const before = Object.entries(Object(file.auths));
  const auths = before.filter(([key]) => registryOfKey(key) !== registry);
  if (auths.length === before.length) return;
  await write(path, { ...file, auths: Object.fromEntries(auths) });
}

async function read(path: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(path);
    return text.trim() === "" ? "{}" : text;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return "{}";
    throw new Error(`Cannot read "${path}"`, { cause });
  }
}

/** Replaces the file as a whole; one that is a link stays one. */
async function write(path: string, content: unknown): Promise<void> {
  try {
    const slash = path.lastIndexOf("/");
    await Deno.mkdir(path.slice(0, slash), { recursive: true, mode: 0o700 });
    const target = await Deno.realPath(path).catch(() => path);
    const next = `${target}.${crypto.randomUUID()}`;
    try {
      await Deno.writeTextFile(next, JSON.stringify(content, null, "\t"), {
        mode: 0o600,
        createNew: true,
      });
      await Deno.rename(next, target);
    } catch (error) {
      await Deno.remove(next).catch(() => {});
      throw error;
    }
  } catch (cause) {
    throw new Error(
      `Cannot write "${path}": ${(cause as Error).message}`,
      { cause },
    );
  }
}
