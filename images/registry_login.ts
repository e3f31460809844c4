import type { Credentials } from "./registry_auth.ts";
import { openTransport, type RegistryAccess } from "./registry_endpoints.ts";
import { RegistryError } from "./registry_error.ts";
import { endpointsFor } from "./registry_settings.ts";

const LIMIT = 1024 * 1024;

/**
 * Shows a registry who asks, and so finds out whether it takes the name and
 * the password. Rejects with a {@linkcode RegistryError} when it does not.
 */
export async function tryLogin(
  registry: string,
  credentials: Credentials,
  access: RegistryAccess,
): Promise<void> {
  const [endpoint] = endpointsFor(
    access.rules ?? [],
    { registry, repository: "" },
    { push: true },
  );
  const transport = await openTransport(endpoint!, {
    ...access,
    credentials: () => Promise.resolve(credentials),
  });
  await transport.get("", { limit: LIMIT });
}

/** Docker's text for a login that failed. */
export function dockerLoginErrorText(error: RegistryError): string {
  const { address, status, kind, text } = error;
  if (kind === "network" || kind === "invalid-content") {
    return `Get "${address}": ${text}`;
  }
  return address.endsWith("/v2/")
    ? `login attempt to ${address} failed with status: ${status} ${
      status === 401 ? "Unauthorized" : text
    }`.trimEnd()
    : `Get "${address}": unauthorized: ${text || "authentication required"}`;
}
