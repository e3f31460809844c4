import type { StoredName } from "./store_index.ts";

/**
 * Gives an image a name; what had it stays without one, as with docker, if it
 * has no other. Without a name the image is only kept.
 *
 * @param isSame whether two digests stand for the same image.
 */
export function withName(
  entries: readonly StoredName[],
  entry: StoredName,
  isSame: (digest: string) => boolean = () => false,
): StoredName[] {
  const { name, descriptor: { digest } } = entry;
  if (
    name === "" && entries.some((one) => one.descriptor.digest === digest)
  ) return [...entries];
  const before = name === ""
    ? undefined
    : entries.find((one) => one.name === name);
  const others = entries.filter((one) =>
    one !== before && (one.name !== "" || one.descriptor.digest !== digest)
  );
  const stays = before && before.descriptor.digest !== digest &&
    !isSame(before.descriptor.digest) &&
    !others.some((one) => one.descriptor.digest === before.descriptor.digest);
  return [
    ...others,
    ...(stays ? [{ ...before, name: "", pulled: false }] : []),
    entry,
  ];
}
