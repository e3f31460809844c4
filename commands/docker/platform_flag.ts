import type { Platform } from "../../images/platform.ts";
import { DaemonError } from "../errors.ts";

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "dragonfly",
  "freebsd",
  "illumos",
  "ios",
  "js",
  "linux",
  "netbsd",
  "openbsd",
  "plan9",
  "solaris",
  "wasip1",
  "windows",
];
const ARCHITECTURES = [
  "386",
  "amd64",
  "arm",
  "arm64",
  "loong64",
  "mips",
  "mips64",
  "mips64le",
  "mipsle",
  "ppc64",
  "ppc64le",
  "riscv64",
  "s390x",
  "wasm",
];
/** Other names, and the variant that docker takes for granted with them. */
const ALIASES: Readonly<Record<string, [string, string?]>> = {
  aarch64: ["arm64"],
  armel: ["arm", "v6"],
  armhf: ["arm", "v7"],
  i386: ["386"],
  "x86-64": ["amd64"],
  x86_64: ["amd64"],
};

/**
 * Reads a value of `--platform`: `linux/arm64`, `linux/arm/v6`, or one word of
 * it beside which the server's own is meant.
 *
 * @throws {DaemonError} With docker's text.
 */
export function parsePlatformFlag(text: string, own: Platform): Platform {
  const parts = text.toLowerCase().split("/");
  if (
    parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))
  ) {
    throw new DaemonError(
      `"${text}": cannot parse platform specifier: invalid argument`,
    );
  }
  const [first = "", second, third] = parts;
  if (second !== undefined) return platformOf(first, second, third);
  if (SYSTEMS.includes(first)) return { ...own, os: first };
  const [architecture] = ALIASES[first] ?? [first];
  if (ARCHITECTURES.includes(architecture)) return platformOf(own.os, first);
  throw new DaemonError(
    `"${text}": unknown operating system or architecture: invalid argument`,
  );
}

/** Whether what an image says it is for is what was asked for. */
export function fitsPlatform(image: Platform, wanted: Platform): boolean {
  return image.os === wanted.os && image.architecture === wanted.architecture &&
    (!wanted.variant || !image.variant || image.variant === wanted.variant);
}

function platformOf(os: string, name: string, given?: string): Platform {
  const [architecture, implied] = ALIASES[name] ?? [name];
  const variant = given ?? implied ?? (architecture === "arm" ? "v7" : "");
  // There is no other, and images leave it out.
  return architecture === "arm64" && variant === "v8" || variant === ""
    ? { os, architecture }
    : { os, architecture, variant };
}
