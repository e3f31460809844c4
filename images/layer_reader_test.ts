/**
 * The reader and the writer beside the machine's own tar, which knows the
 * formats better than either.
 */
import assert from "node:assert/strict";
import { bytesOf, type LayerEntry, textOf } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";
import { LayerReader } from "./layer_reader.ts";
import { archiveOf, file, folder, link, symlink } from "./layer_test_data.ts";

const LONG = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(200)}`;
const TIME = 1_700_000_000;

async function inTempFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a shell script in a folder. */
async function shell(cwd: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-euo", "pipefail", "-c", script],
    cwd,
    env: { LC_ALL: "C", TZ: "UTC" },
  }).output();
  assert.equal(code, 0, textOf(stderr));
  return textOf(stdout);
}

/** All entries of an archive, with their content. */
async function readAll(archive: Uint8Array<ArrayBuffer>, piece = 700) {
  const pieces = function* () {
    for (let at = 0; at < archive.length; at += piece) {
      yield archive.slice(at, at + piece);
    }
  };
  const reader = new LayerReader(ReadableStream.from(pieces()));
  const found = new Map<string, LayerEntry & { content: string }>();
  for (
    let entry = await reader.next();
    entry;
    entry = await reader.next()
  ) {
    let content = "";
    for (
      let bytes = await reader.content();
      bytes;
      bytes = await reader.content()
    ) content += textOf(bytes);
    found.set(entry.path, { ...entry, content });
  }
  await reader.close();
  return found;
}

for (const format of ["v7", "ustar", "oldgnu", "gnu", "posix"]) {
  Deno.test(`LayerReader reads what GNU tar writes as ${format}`, async () => {
    await inTempFolder(async (root) => {
      // The old formats have no room for long names and high owners.
      const isOld = format === "v7" || format === "ustar";
      const owner = isOld ? 70_000 : 4_000_000_000;
      const name = isOld ? "plain" : LONG;
      await shell(
        root,
        `mkdir -p tree/$(dirname ${name}) tree/empty
        cd tree
        printf content > ${name}
        chmod 4751 ${name}
        ln ${name} hard
        ln -s ../somewhere soft
        ln -s ${"t".repeat(isOld ? 99 : 150)} far
        printf x > $'caf\\xe9'
        ${format === "v7" ? "" : "mkfifo pipe"}
        find . -exec touch -h -d @${TIME} {} +
        tar -cf ../layer.tar --sort=name --format=${format} \
          --numeric-owner --owner=:${owner} --group=:7 .`,
      );
      const found = await readAll(await Deno.readFile(`${root}/layer.tar`));
      const get = (path: string) => found.get(path)!;
      assert.equal(get("").type, "folder");
      assert.equal(get("empty").type, "folder");
      assert.deepEqual(
        [get("soft").type, get("soft").target],
        ["symlink", "../somewhere"],
      );
      assert.equal(get("far").target.length, isOld ? 99 : 150);
      assert.equal(get("caf\xe9").content, "x");
      if (format !== "v7") assert.equal(get("pipe").type, "fifo");
      const both = [get(name), get("hard")];
      const first = both.find(({ type }) => type === "file")!;
      const second = both.find(({ type }) => type === "link")!;
      assert.equal(first.content, "content");
      assert.equal(second.target, first.path);
      for (const { mode, uid, gid, mtime } of both) {
        assert.deepEqual([mode, uid, gid, mtime], [0o4751, owner, 7, TIME]);
      }
    });
  });
}

for (
  const [name, options] of [
    ["gnu", "--format=gnu"],
    ["PAX 0.0", "--format=posix --sparse-version=0.0"],
    ["PAX 0.1", "--format=posix --sparse-version=0.1"],
    ["PAX 1.0", "--format=posix --sparse-version=1.0"],
  ] as const
) {
  Deno.test(`LayerReader reads sparse files as ${name}`, async () => {
    await inTempFolder(async (root) => {
      await shell(
        root,
        `truncate -s 100M f
        for at in 0 1 5 9 40 77; do
          printf %s $at | dd of=f bs=1M seek=$at conv=notrunc status=none
        done
        tar -cSf layer.tar --hole-detection=raw ${options} f
        printf x > after
        tar -rf layer.tar ${options.split(" ")[0]} after`,
      );
      const found = await readAll(await Deno.readFile(`${root}/layer.tar`));
      const { sparse, content } = found.get("f")!;
      assert.equal(sparse!.size, 100 * 2 ** 20);
      let at = 0;
      const pieces = new Map<number, string>();
      for (let part = 0; part < sparse!.parts.length; part += 2) {
        const [offset = 0, length = 0] = sparse!.parts.slice(part);
        const text = content.slice(at, at + length).replace(/\0+$/, "");
        if (text !== "") pieces.set(offset / 2 ** 20, text);
        at += length;
      }
      assert.deepEqual([...pieces], [
        [0, "0"],
        [1, "1"],
        [5, "5"],
        [9, "9"],
        [40, "40"],
        [77, "77"],
      ]);
      assert.equal(found.get("after")!.content, "x");
    });
  });
}

Deno.test("layerHeader() writes what GNU tar reads", async () => {
  await inTempFolder(async (root) => {
    const parts = Array.from({ length: 30 }, (_, at) => [at * 8192, 512])
      .flat();
    await Deno.writeFile(
      `${root}/layer.tar`,
      archiveOf([
        folder("", { mode: 0o755, mtime: TIME }),
        file("plain", "content", { mode: 0o640, mtime: TIME }),
        folder("d".repeat(120), { mtime: TIME }),
        file(`${"d".repeat(120)}/${"f".repeat(250)}`, "long", { mtime: TIME }),
        file("exact", "", { exactTime: `${TIME}.25` }),
        file("old", "", { mtime: -60 }),
        file("holes", "ab".repeat(30 * 256), {
          sparse: { size: 2 ** 33, parts },
        }),
        file("caf\xe9", "bytes"),
        symlink("soft", "t".repeat(200)),
        link("hard", "plain"),
        { path: "pipe", type: "fifo" },
      ]),
    );
    const out = await shell(
      root,
      `mkdir x
      tar -C x -xf layer.tar
      cd x
      cat plain ${"d".repeat(120)}/* $'caf\\xe9'
      echo
      stat -c '%a %Y %h' plain
      stat -c '%.2Y' exact
      stat -c '%Y' old
      stat -c '%s %F' holes
      dd if=holes bs=1 skip=$((29 * 8192)) count=514 status=none | tr -d '\\0' | wc -c
      readlink soft | wc -c
      test hard -ef plain
      test -p pipe`,
    );
    assert.deepEqual(out.split("\n"), [
      "contentlongbytes",
      `640 ${TIME} 2`,
      `${TIME}.25`,
      "-60",
      `${2 ** 33} regular file`,
      "512",
      "201",
      "",
    ]);
  });
});

Deno.test("layerHeader() writes devices and high owners as GNU tar lists them", async () => {
  await inTempFolder(async (root) => {
    await Deno.writeFile(
      `${root}/layer.tar`,
      archiveOf([
        { path: "null", type: "character", mode: 0o666, major: 1, minor: 3 },
        {
          path: "disk",
          type: "block",
          major: 259,
          minor: 1048575,
          uid: 4_000_000_000,
          gid: 2_097_152,
        },
      ]),
    );
    const out = await shell(root, "tar --numeric-owner -tvf layer.tar");
    assert.match(out, /^crw-rw-rw- 0\/0 +1,3 .* null$/m);
    assert.match(out, /^brw-r--r-- 4000000000\/2097152 +259,1048575 .* disk$/m);
  });
});

Deno.test("LayerReader refuses what is damaged", async () => {
  const good = archiveOf([file("x", "1", {
    attributes: [["SCHILY.xattr.user.x", "1"]],
  })]);
  const records = new TextDecoder().decode(good.slice(512, 1024));
  const withRecords = (text: string) => {
    const bad = good.slice();
    bad.set(bytesOf(text.padEnd(records.indexOf("\0"), "\0")), 512);
    return bad;
  };
  const cases: [string, Uint8Array<ArrayBuffer>][] = [
    ["a wrong sum", good.map((byte, at) => at === 1030 ? byte ^ 1 : byte)],
    ["a record without a length", withRecords("x a=b\n")],
    ["a record of a wrong length", withRecords("9 a=b\n")],
    ["a record that is too long", withRecords("99 a=b\n")],
    ["a record without a key", withRecords("5 =b\n")],
    ["a negative size", withRecords("11 size=-5\n")],
    ["an absurd size", withRecords("27 size=9999999999999999999\n")],
    ["an absurd time", withRecords("13 mtime=1e9\n")],
    ["an absurd owner", withRecords("18 uid=4294967295\n")],
    ["text", new TextEncoder().encode("hello ".repeat(100))],
  ];
  for (const [name, archive] of cases) {
    await assert.rejects(readAll(archive), LayerError, name);
  }
});

Deno.test("LayerReader takes bytes at random for an archive or refuses them", async () => {
  const whole = archiveOf([
    folder("a"),
    file("a/x", "content", { attributes: [["SCHILY.xattr.user.x", "1"]] }),
    file("big", "ab", { sparse: { size: 100, parts: [5, 2] } }),
    link("l".repeat(120), "a/x"),
  ]);
  let state = 1;
  const random = (end: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % end;
  };
  for (let round = 0; round < 500; round++) {
    const bad = whole.slice();
    for (let count = 1 + random(3); count > 0; count--) {
      const block = 512 * random(bad.length / 512);
      const at = block + random(512);
      const old = bad[at]!;
      bad[at] = random(256);
      // With a right sum more of it is looked at.
      const sum = parseInt(textOf(bad.subarray(block + 148, block + 154)), 8);
      if (sum > 0 && at < block + 148) {
        const fixed = (sum - old + bad[at]!).toString(8).padStart(6, "0");
        bad.set(bytesOf(fixed), block + 148);
      }
    }
    try {
      await readAll(bad);
    } catch (error) {
      if (!(error instanceof LayerError)) throw error;
    }
  }
});
