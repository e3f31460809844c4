/**
 * Archives with faults, made from a seed: whatever comes, `docker load` either
 * loads images or says why not, and its store stays whole.
 *
 * `KINI_FUZZ_SEED` and `KINI_FUZZ_ROUNDS` choose other faults, and more.
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  bytes,
  descriptorOf,
  join,
  manifestOf,
  newLayout,
  ociLayout,
  oldLayout,
  setChecksum,
  tar,
  type TestEntry,
  testImage,
  zstd,
} from "../images/archive_test_data.ts";
import { ArchiveError, loadArchive } from "../images/load_archive.ts";
import { type ImageStore, StoreError } from "../images/store.ts";
import { namesIn } from "../images/store_files.ts";
import { listStoreImages } from "../images/store_images.ts";
import { OCI_TYPES, withStore } from "../images/store_test_data.ts";

const SEED = Number(Deno.env.get("KINI_FUZZ_SEED") ?? 1);
const ROUNDS = Number(Deno.env.get("KINI_FUZZ_ROUNDS") ?? 250);
const PLATFORM = { os: "linux", architecture: "amd64" };

/** Values that no field of a list expects. */
const ODD: unknown[] = [
  null,
  "",
  -1,
  1e300,
  true,
  [],
  {},
  "../../../etc/passwd",
  "/etc/passwd",
  "sha256:",
  `sha256:${"0".repeat(64)}`,
  `sha256:../${"0".repeat(61)}`,
  `sha512:${"0".repeat(128)}`,
  "x".repeat(5000),
  "\0",
  "__proto__",
  [[[[]]]],
  2 ** 53,
];

/** Chooses by numbers that are the same for a seed. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    // Marsaglia's xorshift: small, and good enough to choose with.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const images = [testImage(["a", "b"]), testImage(["a", "c"])];
const image = images[0]!;
const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_TYPES.index,
  manifests: images.map((one) =>
    descriptorOf(OCI_TYPES.manifest, manifestOf(one), { platform: PLATFORM })
  ),
});
const bases: TestEntry[][] = [
  oldLayout(image, ["one:1", "two:1"]),
  newLayout(image, ["one:1"]),
  ociLayout(
    [descriptorOf(OCI_TYPES.index, index, {
      annotations: { "org.opencontainers.image.ref.name": "one:1" },
    })],
    [
      index,
      ...images.flatMap((one) => [manifestOf(one), one.config, ...one.layers]),
    ],
  ),
];

/** Puts something odd in one place of a JSON text. */
function oddJson(dice: Dice, text: string): string {
  const root = { value: JSON.parse(text) };
  let holder: Record<string, unknown> = root;
  let key = "value";
  while (true) {
    const value = holder[key];
    const keys = typeof value === "object" && value ? Object.keys(value) : [];
    if (keys.length === 0 || dice.below(4) === 0) break;
    holder = value as Record<string, unknown>;
    key = dice.one(keys);
  }
  if (dice.below(5) === 0) delete holder[key];
  else if (dice.below(4) === 0 && Array.isArray(holder[key])) {
    const list = holder[key] as unknown[];
    list.push(...list, dice.one(ODD));
  } else holder[key] = dice.one(ODD);
  return JSON.stringify(root.value) ?? "";
}

/** Changes entries as whole ones: their order, names, kinds and lists. */
function faultyEntries(dice: Dice, base: readonly TestEntry[]): TestEntry[] {
  const entries = [...base];
  const at = dice.below(entries.length);
  const entry = entries[at]!;
  switch (dice.below(8)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push(entry);
      break;
    case 2:
      entries.push({ ...entry, data: bytes("something else") });
      break;
    case 3:
      entries[at] = {
        ...entry,
        name: dice.one([
          "../x",
          "/etc/x",
          "a/../../b",
          "",
          ".",
          "x".repeat(99),
        ]),
      };
      break;
    case 4:
      entries[at] = {
        name: entry.name,
        type: dice.one(["1", "2", "3", "5", "6", "S", "x", "g", "L", "K", "V"]),
        target: dice.one(["", "../../x", "/etc/passwd", entry.name, "a", ".."]),
        data: dice.below(2) ? entry.data ?? "" : "",
      };
      break;
    case 5:
      entries.reverse();
      break;
    default: {
      const texts = entries.filter(({ data }) =>
        typeof data === "string" && /^[[{]/.test(data)
      );
      const chosen = dice.one(texts);
      entries[entries.indexOf(chosen)] = {
        ...chosen,
        data: oddJson(dice, String(chosen.data)),
      };
    }
  }
  return entries;
}

/** Changes an archive's bytes. */
function faultyBytes(dice: Dice, archive: Uint8Array): Uint8Array {
  const changed = archive.slice();
  switch (dice.below(6)) {
    case 0:
      return changed.subarray(0, dice.below(changed.length));
    case 1: {
      const block = dice.below(changed.length >> 9) << 9;
      const other = dice.below(changed.length >> 9) << 9;
      changed.copyWithin(block, other, other + 512);
      return changed;
    }
    case 2: {
      const block = dice.below(changed.length >> 9) << 9;
      return join(changed.subarray(0, block), changed.subarray(block + 512));
    }
    case 3: {
      // A header whose sum is right all the same.
      const block = dice.below(changed.length >> 9) << 9;
      const header = changed.subarray(block, block + 512);
      for (let i = 0; i < 3; i++) {
        header[dice.one([124, 125, 130, 156, 257, 345, 386, 482, 483])] = dice
          .below(256);
      }
      setChecksum(header);
      return changed;
    }
    default:
      for (let i = dice.below(8); i >= 0; i--) {
        changed[dice.below(changed.length)] = dice.below(256);
      }
      return changed;
  }
}

function faultyArchive(dice: Dice): Uint8Array {
  let entries = dice.one(bases);
  const kind = dice.below(3);
  if (kind !== 0) entries = faultyEntries(dice, entries);
  let archive = tar(entries, dice.below(8) !== 0);
  if (kind === 0) archive = faultyBytes(dice, archive);
  switch (dice.below(6)) {
    case 0:
      archive = new Uint8Array(gzipSync(archive));
      break;
    case 1:
      archive = zstd(archive);
      break;
    default:
      return archive;
  }
  return dice.below(2) === 0 ? faultyBytes(dice, archive) : archive;
}

/** Names of everything in a folder but the store's blobs. */
async function surroundings(store: ImageStore): Promise<string[]> {
  const above = store.folder.slice(0, store.folder.lastIndexOf("/"));
  return [
    ...await namesIn(above),
    ...await namesIn(store.folder),
    ...await namesIn(`${store.folder}/ingest`),
    ...await namesIn(`${store.folder}/blobs`),
  ];
}

async function check(store: ImageStore, archive: Uint8Array): Promise<boolean> {
  const before = JSON.stringify(await store.list());
  let loaded = false;
  try {
    await loadArchive(store, ReadableStream.from([archive]), {
      platform: PLATFORM,
      now: () => new Date(0),
    });
    loaded = true;
  } catch (error) {
    assert(
      error instanceof ArchiveError || error instanceof StoreError,
      error as Error,
    );
    assert.match(error.message, /^\S.{5,}/);
    assert.equal(JSON.stringify(await store.list()), before);
  }
  const problems: string[] = [];
  await store.verify((problem) => void problems.push(problem));
  assert.deepEqual(problems, []);
  for (const one of await listStoreImages(store, PLATFORM)) {
    assert.equal(one.complete, true);
  }
  return loaded;
}

Deno.test("loadArchive() survives archives with faults", () =>
  withStore(async (store) => {
    const dice = new Dice(SEED);
    const session = await store.ingest();
    await session.close();
    const around = await surroundings(store);
    let loaded = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const archive = faultyArchive(dice);
      try {
        if (await check(store, archive)) loaded++;
        assert.deepEqual(await surroundings(store), around);
      } catch (cause) {
        const path = await Deno.makeTempFile({ suffix: ".tar" });
        await Deno.writeFile(path, archive);
        throw new Error(
          `seed ${SEED}, round ${round}; the archive is in ${path}`,
          { cause },
        );
      }
      if (round % 20 !== 19) continue;
      await store.change(() => []);
      await store.collect();
      assert.deepEqual(await namesIn(`${store.folder}/blobs/sha256`), []);
    }
    // Faults that nothing minds, and faults that something does.
    assert(loaded > ROUNDS / 20, `only ${loaded} loaded`);
    assert(loaded < ROUNDS - ROUNDS / 4, `${loaded} loaded`);
  }));
