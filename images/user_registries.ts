import { userCredentials } from "./docker_config.ts";
import type { RegistryAccess } from "./registry_endpoints.ts";
import { RegistryHttp } from "./registry_http.ts";
import { readRegistryRules } from "./registry_settings_files.ts";

/** All of {@linkcode RegistryAccess} by the user's files, to be closed. */
export interface UserRegistries extends RegistryAccess {
  close(): void;
}

/**
 * Registries as the user of this machine has set them up: credentials,
 * `registries.conf`, and whom to trust.
 */
export async function openUserRegistries(
  env: (name: string) => string | undefined,
  signal: AbortSignal,
): Promise<UserRegistries> {
  const readTextFile = (path: string) => Deno.readTextFile(path);
  const files = { env, readTextFile, listFolder };
  const rules = await readRegistryRules(files);
  const http = new RegistryHttp(files);
  return {
    signal,
    rules,
    credentials: userCredentials(files),
    fetchFor: (host, insecure) => http.fetchFor(host, insecure),
    close: () => http.close(),
  };
}

async function listFolder(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) names.push(name);
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory ||
      // Folders of the system may be for others.
      error instanceof Deno.errors.PermissionDenied;
    if (!absent) throw error;
  }
  return names;
}
