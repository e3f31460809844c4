/**
 * What the server must be told of an image that is sent to it.
 *
 * All of it is checked here: Incus 7.0.2 ends with a panic on metadata without
 * a map of properties, and what is wrong in the rest only shows when an
 * instance starts.
 *
 * @module
 */
import type { LayerEntry } from "../images/layer_entry.ts";
import {
  archiveEnd,
  contentPadding,
  layerHeader,
} from "../images/layer_writer.ts";
import type { Platform } from "../images/platform.ts";
import type { StoredImageInfo } from "../images/store_images.ts";
import type { ContainerUser } from "./container_user.ts";

/** How an image is run: as an OCI container, or as a system container. */
export type ImageForm = "oci" | "lxc";

/** Property by which kini finds an image that it sent: docker's id of it. */
export const IMAGE_ID_PROPERTY = "user.kini.image-id";
/** The same, for what it was made into: an {@linkcode ImageForm}. */
export const IMAGE_FORM_PROPERTY = "user.kini.image-form";

/** The server's names of architectures, which are the kernel's. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["amd64", "x86_64"],
  ["386", "i686"],
  ["arm64", "aarch64"],
  ["arm/v6", "armv6l"],
  ["arm/v8", "armv8l"],
  ["arm", "armv7l"],
  ["ppc64le", "ppc64le"],
  ["riscv64", "riscv64"],
  ["s390x", "s390x"],
  ["mips64le", "mips64el"],
  ["loong64", "loongarch64"],
]);

/** What is in an image beside its files. */
export interface ImageMetadata {
  image: StoredImageInfo;
  form: ImageForm;
  /** For people who list the server's images. */
  description: string;
  /** What the server shows as the image's origin. */
  origin: string;
  /** The user that the image names, as the image's own files have it. */
  user: ContainerUser;
}

/**
 * The archive of an image's metadata, the same each time.
 *
 * @throws {RangeError} for an image that the server could not run.
 */
export function metadataArchive(metadata: ImageMetadata): Uint8Array {
  const { image, form } = metadata;
  const created = creationDate(image.created);
  const files: Record<string, unknown> = {
    "metadata.yaml": serverMetadata(metadata, created),
    ...(form === "oci" && { "config.json": runtimeConfig(metadata) }),
  };
  const pieces: Uint8Array[] = [];
  for (const [path, value] of Object.entries(files)) {
    // JSON is YAML too, and the server itself writes it so.
    const content = new TextEncoder().encode(JSON.stringify(value));
    pieces.push(...layerHeader(plainFile(path, content.length, created)));
    pieces.push(content, contentPadding(content.length));
  }
  pieces.push(archiveEnd());
  return concat(pieces);
}

/**
 * The server's name of an image's architecture.
 *
 * @throws {RangeError} when it has none.
 */
export function serverArchitecture(platform: Platform): string {
  const { os, architecture, variant } = platform;
  const name = ARCHITECTURES.get(`${architecture}/${variant}`) ??
    ARCHITECTURES.get(architecture);
  if (name !== undefined && (os === "" || os === "linux")) return name;
  throw new RangeError(
    `The image is for ${os || "no system"}/${
      architecture || "no processor"
    }, ` +
      "which the server has no containers for",
  );
}

function serverMetadata(
  { image, form, description, origin }: ImageMetadata,
  created: number,
): unknown {
  const architecture = serverArchitecture(image.platform);
  return {
    architecture,
    creation_date: created,
    expiry_date: 0,
    properties: {
      architecture,
      description,
      id: origin,
      ...(form === "oci" && { type: "oci" }),
      [IMAGE_ID_PROPERTY]: image.id,
      [IMAGE_FORM_PROPERTY]: form,
    },
    templates: {},
  };
}

/** Seconds; the server takes zero for missing. */
function creationDate(created: string | undefined): number {
  const seconds = Math.floor(Date.parse(created ?? "") / 1000);
  return seconds > 0 ? seconds : 1;
}

/**
 * An OCI runtime configuration with all that the server reads of it, as it
 * makes one itself of an image that it fetches. Only volumes are not in it:
 * some versions put an empty tmpfs over what the image has there.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
function runtimeConfig({ image, user }: ImageMetadata): unknown {
  const { config } = image;
  const args = [...config.entrypoint, ...config.cmd];
  const { uid, gid } = user;
  return {
    ociVersion: "1.2.1",
    process: {
      terminal: true,
      user: { uid, gid },
      args: checkTexts(args.length > 0 ? args : ["sh"], "a command"),
      env: environment(config.env, user),
      cwd: checkTexts([workingDir(config.workingDir)], "a path")[0],
    },
    root: { path: "rootfs" },
    mounts: MOUNTS,
    annotations: annotations(image),
    linux: {},
  };
}

/** What the image leaves out is what the server fills in after a pull. */
function environment(env: readonly string[], { home }: ContainerUser) {
  const values = new Map([
    [
      "PATH",
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ],
    ["TERM", "xterm"],
  ]);
  for (const text of checkTexts(env, "an environment variable")) {
    const at = text.indexOf("=");
    if (at > 0) values.set(text.slice(0, at), text.slice(at + 1));
  }
  if (!values.has("HOME")) values.set("HOME", home);
  return [...values].map(([name, value]) => `${name}=${value}`);
}

function workingDir(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

function annotations(image: StoredImageInfo): Record<string, string> {
  const { config, platform, created } = image;
  const prefix = "org.opencontainers.image.";
  const facts: [string, string][] = [
    ["architecture", platform.architecture],
    ["created", created ?? ""],
    ["exposedPorts", config.exposedPorts.join(",")],
    ["os", platform.os],
    ["stopSignal", config.stopSignal],
  ];
  return {
    ...config.labels,
    ...Object.fromEntries(
      facts.filter(([, value]) => value !== "")
        .map(([name, value]) => [prefix + name, value]),
    ),
  };
}

/** No program and no path can have a zero byte in it. */
function checkTexts(texts: readonly string[], what: string): string[] {
  if (texts.some((text) => text.includes("\0"))) {
    throw new RangeError(`The image has ${what} with a zero byte in it`);
  }
  return [...texts];
}

/** What is mounted in every container; the server takes `/dev/shm` from here. */
const MOUNTS = [
  ["/proc", "proc", "proc"],
  ["/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"],
  [
    "/dev/pts",
    "devpts",
    "devpts",
    "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5",
  ],
  ["/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k"],
  ["/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"],
  ["/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"],
  ["/sys/fs/cgroup", "cgroup", "cgroup", "nosuid,noexec,nodev,relatime,ro"],
].map(([destination, type, source, options]) => ({
  destination,
  type,
  source,
  ...(options && { options: options.split(",") }),
}));

function plainFile(path: string, size: number, mtime: number): LayerEntry {
  return {
    path,
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime,
    exactTime: "",
    size,
    target: "",
    major: 0,
    minor: 0,
    attributes: [],
  };
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
