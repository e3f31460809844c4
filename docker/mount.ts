/**
 * What is mounted into a container, whichever flag asked for it.
 *
 * @module
 */
import { quote } from "./go_quote.ts";
import { cleanPath, isAbsolutePath } from "./path.ts";

/** Something to be mounted into a container, from `-v`, `--mount` or `--tmpfs`. */
export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs";
  /** A path on the host for `bind`, a volume's name, or empty for an anonymous volume and a tmpfs. */
  readonly source: string;
  /** A clean absolute path in the container. */
  readonly target: string;
  readonly readonly: boolean;
  /** Mode words as `-v` gave them, such as `ro,Z`; empty for the other flags. */
  readonly mode: string;
  /** Such as `rshared`; empty when not given, which means `rprivate` for a bind. */
  readonly propagation: string;
  readonly selinux?: "z" | "Z";
  /** Whether a volume stays empty instead of starting as a copy of what the image has there. */
  readonly noCopy: boolean;
  /** Whether a missing directory on the host is made, as `-v` does, or refused, as `--mount` does. */
  readonly createSource: boolean;
  /** A bind of something that the server's machine may lack, and then goes without. */
  readonly optional?: boolean;
  /** Whether mounts below the source stay out of a bind. */
  readonly nonRecursive: boolean;
  /** Of a volume: its driver, what the driver is told, and labels, when it has yet to be made. */
  readonly driver?: string;
  readonly driverOptions?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a volume: the directory in it that is mounted instead of the whole. */
  readonly subpath?: string;
  /** Of a tmpfs: words for mount(8), without the size. */
  readonly options: string[];
  /** Of a tmpfs: bytes; undefined leaves the kernel's default. */
  readonly size?: number;
}

/** What the reading of a mount depends on. */
export interface MountContext {
  /** Directory that a path such as `./data` starts from. */
  readonly directory: string;
}

/** How mounts made later on one side of a bind show on the other: the words docker knows. */
export const PROPAGATIONS: readonly string[] = [
  "private",
  "rprivate",
  "slave",
  "rslave",
  "shared",
  "rshared",
];

/** What most mounts have in common. */
export const EMPTY_MOUNT = {
  source: "",
  readonly: false,
  mode: "",
  propagation: "",
  noCopy: false,
  createSource: false,
  nonRecursive: false,
} as const;

/** Tells whether a mount is a volume without a name, which `rm -v` destroys. */
export function isAnonymousVolume({ type, source }: Mount): boolean {
  return type === "volume" && source === "";
}

/**
 * Puts the mounts of all flags together, one for each target, in the order given.
 *
 * An anonymous volume gives way to any other mount, and of several tmpfs the last one counts.
 *
 * @throws {RangeError} With docker's text, as `Duplicate mount point: /x`.
 */
export function mergeMounts(mounts: Iterable<Mount>): Mount[] {
  const byTarget = new Map<string, Mount>();
  for (const mount of mounts) {
    const other = byTarget.get(mount.target);
    if (other === undefined) {
      byTarget.set(mount.target, mount);
      continue;
    }
    if (isAnonymousVolume(mount)) continue;
    const bothTmpfs = mount.type === "tmpfs" && other.type === "tmpfs";
    if (!isAnonymousVolume(other) && !bothTmpfs) {
      throw new RangeError(`Duplicate mount point: ${mount.target}`);
    }
    byTarget.set(mount.target, mount);
  }
  return [...byTarget.values()];
}

/**
 * Refuses a name that docker's local volume driver refuses.
 *
 * @throws {RangeError} With docker's text.
 */
export function checkVolumeName(name: string): void {
  if (name.length === 1) {
    throw new RangeError(
      `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
    );
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw new RangeError(
      `create ${name}: ${
        quote(name)
      } includes invalid characters for a local volume name, ` +
        'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. ' +
        "If you intended to pass a host directory, use absolute path",
    );
  }
}

/**
 * The path in a container, made clean.
 *
 * @param fail makes the error of docker's text, which differs by flag.
 */
export function checkTarget(
  target: string,
  fail: (reason: string) => Error,
): string {
  if (target === "") throw fail("field Target must not be empty");
  const clean = cleanPath(target);
  if (clean === "/") {
    throw fail("invalid specification: destination can't be '/'");
  }
  if (!isAbsolutePath(clean)) {
    throw fail(`invalid mount path: '${target}' mount path must be absolute`);
  }
  return clean;
}
