import assert from "node:assert/strict";
import type { LayerEntry } from "../images/layer_entry.ts";
import { LayerReader } from "../images/layer_reader.ts";
import {
  archiveEnd,
  contentPadding,
  layerHeader,
} from "../images/layer_writer.ts";
import { type LayerFacts, layerFromBackup } from "./commit_layer.ts";

const FACTS: LayerFacts = {
  emptied: ["dev", "proc", "sys", "var/vol"],
  ownNetworkFiles: false,
  program: "/bin/app",
};

type Part = Partial<LayerEntry> & { path: string; content?: string };

/** A backup with these paths, whatever they are. */
function backup(parts: readonly Part[], end = archiveEnd()) {
  return ReadableStream.from(piecesOf(parts, end));
}

function piecesOf(parts: readonly Part[], end = archiveEnd()): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const { content = "", ...part } of parts) {
    const bytes = new TextEncoder().encode(content);
    pieces.push(
      ...layerHeader({
        type: "file",
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: 1,
        exactTime: "",
        size: bytes.length,
        target: "",
        major: 0,
        minor: 0,
        attributes: [],
        ...part,
      }),
      bytes,
      contentPadding(bytes.length),
    );
  }
  pieces.push(end);
  return pieces;
}

const inside = (part: Part): Part => ({
  ...part,
  path: `backup/container/rootfs${part.path}`,
  ...(part.type === "link" &&
    { target: `backup/container/rootfs${part.target}` }),
});

async function entriesOf(parts: readonly Part[], facts = FACTS) {
  const reader = new LayerReader(layerFromBackup(backup(parts), facts));
  const entries: LayerEntry[] = [];
  const contents: Record<string, string> = {};
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    entries.push(entry);
    let text = "";
    for (
      let piece = await reader.content();
      piece;
      piece = await reader.content()
    ) text += new TextDecoder().decode(piece);
    if (entry.type === "file") contents[entry.path] = text;
  }
  return { entries, contents, paths: entries.map(({ path }) => path) };
}

Deno.test("layerFromBackup() keeps all that a file has", async () => {
  const attributes = [[
    "SCHILY.xattr.security.capability",
    "\x01\0\0\x02",
  ]] as const;
  const { entries, contents, paths } = await entriesOf([
    { path: "backup/index.yaml", content: "name: c" },
    { path: "backup/container/network/hosts", content: "x" },
    inside({ path: "", type: "folder", mode: 0o755 }),
    inside({ path: "/a", content: "data", mode: 0o4755, uid: 1234, gid: 99 }),
    inside({ path: "/b", type: "link", target: "/a" }),
    inside({ path: "/c", type: "symlink", target: "../a" }),
    inside({ path: "/null", type: "character", major: 1, minor: 3 }),
    inside({ path: "/pipe", type: "fifo" }),
    inside({ path: "/cap", content: "x", attributes }),
  ]);
  assert.deepEqual(paths, ["", "a", "b", "c", "null", "pipe", "cap"]);
  assert.deepEqual(contents, { a: "data", cap: "x" });
  const [, a, b, c, device, , cap] = entries;
  assert.deepEqual([a!.mode, a!.uid, a!.gid], [0o4755, 1234, 99]);
  assert.deepEqual([b!.type, b!.target], ["link", "a"]);
  assert.deepEqual([c!.type, c!.target], ["symlink", "../a"]);
  assert.deepEqual([device!.major, device!.minor], [1, 3]);
  assert.deepEqual(cap!.attributes, attributes);
});

Deno.test("layerFromBackup() leaves out what is not the container's", async () => {
  const script =
    "#!/bin/sh\n# Written by kini for every start of this container.\n";
  const parts = [
    inside({ path: "/dev", type: "folder" }),
    inside({ path: "/dev/null", type: "character" }),
    inside({ path: "/device", content: "mine" }),
    inside({ path: "/etc/hostname", mode: 0 }),
    inside({ path: "/etc/hosts", content: "mine" }),
    inside({ path: "/etc/resolv.conf" }),
    inside({ path: "/var/vol", type: "folder" }),
    inside({ path: "/var/vol/data", content: "not mine" }),
    inside({ path: "/init", content: script }),
    inside({ path: "/.kini-init", content: script }),
    inside({ path: "/sub/init", content: script }),
  ];
  assert.deepEqual((await entriesOf(parts)).paths, [
    "dev",
    "device",
    "etc/hosts",
    "etc/resolv.conf",
    "var/vol",
    "sub/init",
  ]);
  const { paths } = await entriesOf(parts, { ...FACTS, ownNetworkFiles: true });
  assert.deepEqual(paths.filter((path) => path.startsWith("etc")), []);
});

Deno.test("layerFromBackup() knows its own /init from the image's", async () => {
  const cases: [Part, LayerFacts, boolean][] = [
    [{ path: "/init", type: "symlink", target: "/bin/app" }, FACTS, false],
    [{ path: "/init", type: "symlink", target: "/lib/systemd" }, FACTS, true],
    [
      { path: "/init", type: "symlink", target: "/init" },
      { ...FACTS, program: "/init" },
      true,
    ],
    [{ path: "/init", content: "#!/bin/sh\necho hi\n" }, FACTS, true],
    [{ path: "/init", content: "" }, FACTS, true],
  ];
  for (const [part, facts, want] of cases) {
    const { paths, contents } = await entriesOf([inside(part)], facts);
    assert.deepEqual(paths, want ? ["init"] : [], JSON.stringify(part));
    if (want && part.content) assert.equal(contents.init, part.content);
  }
});

Deno.test("layerFromBackup() refuses what it can't make whole", async () => {
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const _ of stream);
  };
  await assert.rejects(
    read(layerFromBackup(
      backup([
        inside({ path: "/var/vol/a", content: "x" }),
        inside({ path: "/b", type: "link", target: "/var/vol/a" }),
      ]),
      FACTS,
    )),
    /^LayerError: \/b is a hard link to \/var\/vol\/a, which a commit leaves out$/,
  );
  await assert.rejects(
    read(layerFromBackup(
      backup([inside({ path: "/a", content: "x" })], new Uint8Array()),
      FACTS,
    )),
    { name: "LayerError" },
  );
});

Deno.test("layerFromBackup() reads no further than it is asked to", async () => {
  let given = 0;
  let cancelled = false;
  const pieces: Uint8Array[] = [];
  const content = "x".repeat(4 << 20);
  for (const piece of piecesOf([inside({ path: "/a", content })])) {
    for (let at = 0; at < piece.length; at += 1 << 16) {
      pieces.push(piece.slice(at, at + (1 << 16)));
    }
  }
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      given++;
      controller.enqueue(pieces.shift()!);
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  const reader = layerFromBackup(source, FACTS).getReader();
  assert.equal(given, 0);
  const { value } = await reader.read();
  assert.equal(value?.length, 256 << 10);
  assert.ok(given < 10, String(given));
  await reader.cancel();
  assert.ok(cancelled);
});
