import { atEndpoints, type RegistryAccess } from "./registry_endpoints.ts";
import { RegistryError } from "./registry_error.ts";
import type { RegistryReference } from "./registry_reference.ts";

const LIMIT = 4 * 1024 * 1024;
/** A registry that never ends its list is cut off. */
const MAX_PAGES = 1000;

/**
 * The tags of a repository, in the registry's order. Rejects with a
 * {@linkcode RegistryError}, or with the signal's reason.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function listRegistryTags(
  repository: Pick<RegistryReference, "registry" | "repository">,
  access: RegistryAccess,
): Promise<string[]> {
  return await atEndpoints(repository, access, async ({ transport }) => {
    const tags = new Set<string>();
    let path: string | undefined = "tags/list";
    for (let pages = 0; path && pages < MAX_PAGES; pages++) {
      const answer = await transport.get(path, { limit: LIMIT });
      const found: unknown = answerTags(answer);
      if (!Array.isArray(found)) {
        throw new RegistryError({
          kind: "invalid-content",
          method: "GET",
          url: answer.url,
          status: answer.status,
          text: "the registry gives no list of tags",
        });
      }
      const before = tags.size;
      for (const tag of found) {
        if (typeof tag === "string" && /^\w[\w.-]{0,127}$/.test(tag)) {
          tags.add(tag);
        }
      }
      path = tags.size > before
        ? nextPage(answer.headers.get("link"), answer.url)
        : undefined;
    }
    return [...tags];
  });
}

function answerTags(answer: { json(): unknown }): unknown {
  try {
    return Object(answer.json()).tags ?? [];
  } catch {
    return undefined;
  }
}

/** Only the query of the next page counts: the place is our own. */
function nextPage(link: string | null, base: URL): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link ?? "")?.[1];
  if (target === undefined || !URL.canParse(target, base.href)) {
    return undefined;
  }
  return `tags/list${new URL(target, base).search}`;
}
