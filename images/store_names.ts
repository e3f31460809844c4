/**
 * How names of the store change hands.
 *
 * @module
 */
import type { StoredName } from "./store_index.ts";

/**
 * The names with one more; what had it before keeps its other names, or stays
 * without one. An image that has names is not kept without one, too.
 *
 * @param isSame whether a digest stands for the added image in another form,
 * which need not stay.
 */
export function withName(
  names: readonly StoredName[],
  added: StoredName,
  isSame: (digest: string) => boolean = () => false,
): StoredName[] {
  const { name, descriptor: { digest } } = added;
  if (
    name === "" && names.some(({ descriptor }) => descriptor.digest === digest)
  ) return [...names];
  const before = names.filter((one) => name !== "" && one.name === name);
  const others = names.filter((one) =>
    !before.includes(one) && !isUnnamed(one, digest)
  );
  const lost = before.filter(({ descriptor }) =>
    descriptor.digest !== digest && !isSame(descriptor.digest)
  );
  return [...withUnnamed(others, lost), added];
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
