/**
 * Archives of images for tests, made byte by byte: what tools write, and what
 * none would.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { OCI_TYPES } from "./store_test_data.ts";

/** An entry of a tar archive. */
export interface TestEntry {
  name: string;
  /** The letter of tar; a file unless it is told. */
  type?: string;
  data?: Uint8Array | string;
  target?: string;
  /** What the header says, where that isn't the size of the data. */
  size?: number;
  /** Changes the header before its sum is made. */
  edit?: (header: Uint8Array) => void;
}

/** An image in parts. */
export interface TestImage {
  id: string;
  config: string;
  layers: Uint8Array[];
  diffIds: string[];
}

/** Text as bytes. */
export function bytes(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

/** The sum that names content. */
export function sha256(data: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes(data)).digest("hex")}`;
}

/** The digits of a digest. */
export function hex(digest: string): string {
  return digest.slice("sha256:".length);
}

/** A tar archive. */
export function tar(entries: readonly TestEntry[], end = true): Uint8Array {
  const parts = entries.flatMap((entry) => {
    const data = bytes(entry.data ?? "");
    return [header(entry), data, new Uint8Array(-data.length & 511)];
  });
  return join(...parts, new Uint8Array(end ? 1024 : 0));
}

/** A PAX header for the next entry. */
export function pax(records: Record<string, string>): TestEntry {
  const data = Object.entries(records).map(([key, value]) => {
    const rest = bytes(` ${key}=${value}\n`).length;
    const size = rest + String(rest + String(rest).length).length;
    return `${size} ${key}=${value}\n`;
  }).join("");
  return { name: "PaxHeaders/x", type: "x", data };
}

/** Pieces one after the other. */
export function join(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Sets a header's sum right. */
export function setChecksum(header: Uint8Array): void {
  header.fill(0x20, 148, 156);
  const sum = header.subarray(0, 512).reduce((a, b) => a + b, 0);
  header.set(bytes(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

function header({ name, type, target, edit, ...entry }: TestEntry): Uint8Array {
  const block = new Uint8Array(512);
  const size = entry.size ?? bytes(entry.data ?? "").length;
  const put = (at: number, text: string) => block.set(bytes(text), at);
  put(0, name.slice(0, 100));
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(156, type ?? "0");
  put(157, target ?? "");
  put(257, "ustar\x0000");
  edit?.(block);
  setChecksum(block);
  return block;
}

/** An image of layers with one file each. */
export function testImage(
  contents: readonly string[],
  more: object = {},
): TestImage {
  const layers = contents.map((data, i) => tar([{ name: `file${i}`, data }]));
  const diffIds = layers.map(sha256);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: "2026-01-01T00:00:00Z",
    config: { Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: contents.map((text) => ({ created_by: text })),
    ...more,
  });
  return { id: sha256(config), config, layers, diffIds };
}

/** Docker's layout before version 25: a folder a layer. */
export function oldLayout(
  image: TestImage,
  tags: string[] | null,
): TestEntry[] {
  const folders = image.diffIds.map((id) => hex(sha256(id)));
  return [
    ...image.layers.flatMap((data, i): TestEntry[] => [
      { name: `${folders[i]}/`, type: "5" },
      { name: `${folders[i]}/VERSION`, data: "1.0" },
      { name: `${folders[i]}/json`, data: "{}" },
      { name: `${folders[i]}/layer.tar`, data },
    ]),
    { name: `${hex(image.id)}.json`, data: image.config },
    {
      name: "manifest.json",
      data: JSON.stringify([{
        Config: `${hex(image.id)}.json`,
        RepoTags: tags,
        Layers: folders.map((folder) => `${folder}/layer.tar`),
      }]),
    },
    { name: "repositories", data: "{}" },
  ];
}

/** A blob of an OCI layout. */
export function blobEntry(data: Uint8Array | string): TestEntry {
  return { name: `blobs/sha256/${hex(sha256(data))}`, data };
}

/** A descriptor of content. */
export function descriptorOf(
  mediaType: string,
  data: Uint8Array | string,
  more: object = {},
): { mediaType: string; digest: string; size: number } {
  return {
    mediaType,
    digest: sha256(data),
    size: bytes(data).length,
    ...more,
  };
}

/** The manifest of an image, as text. */
export function manifestOf(image: TestImage, layers = image.layers): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_TYPES.manifest,
    config: descriptorOf(OCI_TYPES.config, image.config),
    layers: layers.map((layer) => descriptorOf(OCI_TYPES.layer, layer)),
  });
}

/** An OCI layout with these entries in its index. */
export function ociLayout(
  manifests: readonly object[],
  blobs: readonly (Uint8Array | string)[],
): TestEntry[] {
  return [
    { name: "oci-layout", data: `{"imageLayoutVersion":"1.0.0"}` },
    ...blobs.map(blobEntry),
    {
      name: "index.json",
      data: JSON.stringify({ schemaVersion: 2, manifests }),
    },
  ];
}

/** Docker's layout since version 25: OCI's, and a manifest.json. */
export function newLayout(image: TestImage, tags: string[]): TestEntry[] {
  const manifest = manifestOf(image);
  return [
    ...ociLayout(
      tags.map((tag) =>
        descriptorOf(OCI_TYPES.manifest, manifest, {
          annotations: {
            "io.containerd.image.name": `docker.io/library/${tag}`,
          },
        })
      ),
      [image.config, ...image.layers, manifest],
    ),
    {
      name: "manifest.json",
      data: JSON.stringify([{
        Config: `blobs/sha256/${hex(image.id)}`,
        RepoTags: tags,
        Layers: image.diffIds.map((id) => `blobs/sha256/${hex(id)}`),
      }]),
    },
  ];
}

/** As zstd's frame of blocks that are not compressed. */
export function zstd(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x40),
  ];
  for (let at = 0; at < data.length || at === 0; at += 100_000) {
    const block = data.subarray(at, at + 100_000);
    const last = at + 100_000 >= data.length ? 1 : 0;
    const head = block.length << 3 | last;
    parts.push(Uint8Array.of(head, head >> 8, head >> 16), block);
  }
  return join(...parts);
}
