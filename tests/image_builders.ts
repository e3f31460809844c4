/**
 * Images, filled in with what a test does not care about.
 *
 * @module
 */
import type { Image } from "../incus/types.ts";
import type { ImageNote } from "../modes/images.ts";
import type { ImageFacts } from "../modes/mode.ts";

/** The time of everything that has one. */
export const SOME_TIME = "2026-01-02T03:04:05Z";

/** What an OCI image says about its process, as the server keeps it. */
export interface OciSettings {
  entrypoint: string[];
  cwd: string;
  uid: number;
  gid: number;
  environment: Record<string, string>;
}

/** An image, and for an OCI one what instances get from it. */
export interface FakeImage {
  image: Image;
  oci?: OciSettings;
  /** Files that instances start with, by path. */
  files?: Record<string, string>;
}

/** An OCI image by its whole docker reference: `docker.io/library/busybox:1.37`. */
export function image(
  reference: string,
  overrides: Partial<Image> = {},
  oci: Partial<OciSettings> = {},
  files: Record<string, string> = {},
): FakeImage {
  const slash = reference.indexOf("/");
  const server = `https://${reference.slice(0, slash)}`;
  const alias = reference.slice(slash + 1);
  return {
    image: {
      fingerprint: fingerprintFor(reference),
      architecture: "x86_64",
      cached: false,
      created_at: SOME_TIME,
      uploaded_at: SOME_TIME,
      last_used_at: SOME_TIME,
      size: 2_000_000,
      properties: {
        architecture: "x86_64",
        description: `${reference} (OCI)`,
        id: alias,
        type: "oci",
      },
      aliases: [],
      update_source: { alias, protocol: "oci", server },
      ...overrides,
    },
    oci: {
      entrypoint: ["sh"],
      cwd: "/",
      uid: 0,
      gid: 0,
      environment: {
        HOME: "/root",
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        TERM: "xterm",
      },
      ...oci,
    },
    files,
  };
}

/**
 * An image as kini leaves it in the store after a pull: its alias is the
 * reference, and keeps what docker knows of it.
 */
export function pulledImage(
  reference: string,
  facts: Partial<ImageFacts> = {},
  files: Record<string, string> = {},
): FakeImage {
  const fingerprint = fingerprintFor(reference);
  const all: ImageFacts = {
    fingerprint,
    id: `sha256:${fingerprintFor(`${reference} config`)}`,
    env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    entrypoint: [],
    cmd: ["sh"],
    labels: {},
    user: "",
    workingDir: "/",
    exposedPorts: [],
    volumes: [],
    stopSignal: "",
    known: true,
    ...facts,
  };
  const note: ImageNote = {
    reference,
    digest: `sha256:${fingerprintFor(`${reference} manifest`)}`,
    created: SOME_TIME,
    facts: all,
  };
  return image(
    reference,
    { aliases: [{ name: reference, description: JSON.stringify(note) }] },
    { entrypoint: [...all.entrypoint, ...all.cmd], cwd: all.workingDir },
    files,
  );
}

/** 64 hexadecimal digits that are always the same for the same text. */
export function fingerprintFor(text: string): string {
  let hash = 0x811c9dc5;
  let digits = "";
  for (let i = 0; digits.length < 64; i++) {
    for (const char of `${i}${text}`) {
      hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
    }
    digits += hash.toString(16).padStart(8, "0");
  }
  return digits;
}
