import type { StoredName } from "./store_index.ts";

/** The names without some; what has no other then stays without a name. */
export function withoutNames(
  names: readonly StoredName[],
  taken: (name: StoredName) => boolean,
): StoredName[] {
  const kept = names.filter((one) => !taken(one));
  for (const one of names.filter(taken)) {
    const { digest } = one.descriptor;
    if (kept.some(({ descriptor }) => descriptor.digest === digest)) continue;
    kept.push({ ...one, name: "", pulled: false });
  }
  return kept;
}
