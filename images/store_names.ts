/**
 * How names of the store change hands.
 *
 * @module
 */
import type { StoredName } from "./store_index.ts";

/**
 * The names with one more; what had it before keeps its other names, or stays
 * without one.
 */
export function withName(
  names: readonly StoredName[],
  added: StoredName,
): StoredName[] {
  const before = names.filter(({ name }) => name === added.name);
  const others = names.filter((one) =>
    one.name !== added.name && !isUnnamed(one, added.descriptor.digest)
  );
  return [...withUnnamed(others, before), added];
}

/** The names without some; what had them stays without a name. */
export function withoutNames(
  names: readonly StoredName[],
  taken: (name: StoredName) => boolean,
): StoredName[] {
  return withUnnamed(names.filter((one) => !taken(one)), names.filter(taken));
}

function withUnnamed(
  names: readonly StoredName[],
  lost: readonly StoredName[],
): StoredName[] {
  const all = [...names];
  for (const one of lost) {
    const { digest } = one.descriptor;
    if (all.some(({ descriptor }) => descriptor.digest === digest)) continue;
    all.push({ ...one, name: "", pulled: false });
  }
  return all;
}

function isUnnamed({ name, descriptor }: StoredName, digest: string): boolean {
  return name === "" && descriptor.digest === digest;
}
