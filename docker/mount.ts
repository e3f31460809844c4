import { parseCsvLine } from "./csv.ts";
import { quote } from "./go_quote.ts";
import { cleanPath, isAbsolutePath, resolvePath } from "./path.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";
import { parseBytes } from "./units.ts";

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
  /** Value of `--volume-driver`. */
  readonly volumeDriver?: string;
}

const PROPAGATIONS: readonly string[] = [
  "private",
  "rprivate",
  "slave",
  "rslave",
  "shared",
  "rshared",
];
const MODE_GROUPS: readonly (readonly string[])[] = [
  ["rw", "ro"],
  ["z", "Z"],
  PROPAGATIONS,
  ["nocopy"],
  ["default", "consistent", "cached", "delegated"],
];
const EMPTY = {
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
 * Parses a value of `-v`, as `/var`, `/lib/modules:/lib/modules:ro`, `data:/data` or `./x:/y:ro,Z,rshared`.
 *
 * @throws {SyntaxError} With a text of the docker command, as `invalid spec: …`.
 * @throws {RangeError} With a text of docker's daemon, as `invalid mode: …`.
 */
export function parseVolume(spec: string, context: MountContext): Mount {
  const sections = splitSpec(spec);
  if (sections.length === 1) {
    const target = checkTarget(
      spec,
      (reason) => invalidSpec(spec, "volume", reason),
    );
    return {
      ...EMPTY,
      type: "volume",
      target,
      options: [],
      ...driverOf(context),
    };
  }
  // The daemon counts colons anew: the command takes `c:` for a drive.
  const [source = "", target = "", mode = "", ...more] = spec.split(":");
  const modeInPlaceOfTarget = sections.length === 2 && isMode(target);
  if (modeInPlaceOfTarget || more.length > 0) {
    throw new RangeError(`invalid volume specification: '${spec}'`);
  }
  if (!isMode(mode)) throw new RangeError(`invalid mode: ${mode}`);
  const words = mode.split(",");
  const path = source.startsWith(".")
    ? resolvePath(context.directory, source)
    : source;
  const type = isAbsolutePath(path) ? "bind" : "volume";
  const fail = (reason: string) => invalidSpec(spec, type, reason);
  const propagation = words.find((word) => PROPAGATIONS.includes(word)) ?? "";
  const noCopy = words.includes("nocopy");
  if (type === "volume" && propagation !== "") {
    throw fail("field BindOptions must not be specified");
  }
  if (type === "bind" && noCopy) {
    throw fail("field VolumeOptions must not be specified");
  }
  if (type === "volume") checkVolumeName(path);
  const selinux = words.includes("Z")
    ? "Z"
    : words.includes("z")
    ? "z"
    : undefined;
  return {
    ...EMPTY,
    type,
    source: type === "bind" ? cleanPath(path) : path,
    target: checkTarget(target, fail),
    readonly: words.includes("ro"),
    mode,
    propagation,
    noCopy,
    createSource: type === "bind",
    options: [],
    ...(selinux === undefined ? {} : { selinux }),
    ...(type === "volume" ? driverOf(context) : {}),
  };
}

/**
 * Parses a value of `--mount`, as `type=bind,src=/a,dst=/b,readonly`.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "--mount" flag: `.
 * @throws {RangeError} With a text of docker's daemon, as `invalid mount config for type "bind": …`.
 */
export function parseMount(
  text: string,
  context: Pick<MountContext, "directory">,
): Mount {
  const given = readMountFields(text);
  const { type, target, propagation } = given;
  const readonly = given.readonly ?? false;
  if (type === "") throw new SyntaxError("type is required");
  if (target === "") throw new SyntaxError("target is required");
  for (const kind of ["bind", "volume", "tmpfs", "image"]) {
    if (type !== kind && given.kinds.has(kind)) {
      throw new SyntaxError(
        `cannot mix '${kind}-*' options with mount type '${type}'`,
      );
    }
  }
  checkRecursion(given.recursive, readonly, propagation);
  const fail = (reason: string) =>
    new RangeError(`invalid mount config for type ${quote(type)}: ${reason}`);
  const cleanTarget = checkTarget(target, fail);
  const source = type === "bind" && given.source.startsWith(".")
    ? resolvePath(context.directory, given.source)
    : given.source;
  const base = { ...EMPTY, target: cleanTarget, readonly, options: [] };
  switch (type) {
    case "bind":
      if (source === "") throw fail("field Source must not be empty");
      if (propagation !== "" && !PROPAGATIONS.includes(propagation)) {
        throw fail(`invalid propagation mode: ${propagation}`);
      }
      if (!isAbsolutePath(source)) {
        throw fail(
          `invalid mount path: '${source}' mount path must be absolute`,
        );
      }
      return {
        ...base,
        type,
        source: cleanPath(source),
        propagation,
        nonRecursive: given.recursive === "disabled",
      };
    case "volume":
      if (readonly && source === "") {
        throw fail("must not set ReadOnly mode when using anonymous volumes");
      }
      if (given.subpath !== undefined && source === "") {
        throw fail("must not set Subpath when using anonymous volumes");
      }
      if (source !== "") checkVolumeName(source);
      return {
        ...base,
        type,
        source,
        noCopy: given.noCopy,
        driverOptions: given.driverOptions,
        labels: given.labels,
        ...(given.driver === undefined ? {} : { driver: given.driver }),
        ...(given.subpath === undefined ? {} : { subpath: given.subpath }),
      };
    case "tmpfs": {
      if (source !== "") throw fail("field Source must not be specified");
      const words = [
        ...(readonly ? ["ro"] : []),
        ...(given.tmpfsMode === 0
          ? []
          : [`mode=${given.tmpfsMode.toString(8)}`]),
      ];
      const { options } = parseTmpfsOptions(words.join(","));
      const size = given.tmpfsSize === 0 ? {} : { size: given.tmpfsSize };
      return { ...base, type, options, ...size };
    }
  }
  throw fail("mount type unknown");
}

/**
 * Parses a value of `--tmpfs`, as `/run` or `/tmp:size=64m,exec`.
 *
 * @throws {RangeError} With a text of docker's daemon.
 */
export function parseTmpfs(text: string): Mount {
  const colon = text.indexOf(":");
  const path = colon < 0 ? text : text.slice(0, colon);
  const target = checkTarget(path, (reason) => new RangeError(reason));
  const { options, size, sizePercent, readonly } = parseTmpfsOptions(
    colon < 0 ? "" : text.slice(colon + 1),
  );
  return {
    ...EMPTY,
    type: "tmpfs",
    target,
    readonly,
    mode: colon < 0 ? "" : text.slice(colon + 1),
    options: sizePercent === undefined
      ? options
      : [...options, `size=${sizePercent}`],
    ...(size === undefined ? {} : { size }),
  };
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
export function checkVolumeName(name: string) {
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

/** Splits a value of `-v` as docker's command does, where one letter and a colon is a drive. */
function splitSpec(spec: string): string[] {
  if (spec === "") throw new SyntaxError("invalid empty volume spec");
  if (spec.length <= 2) return [spec];
  const sections: string[] = [];
  for (const part of spec.split(":")) {
    const last = sections.length - 1;
    if (last >= 0 && /^\p{L}$/u.test(sections[last]!)) {
      sections[last] += `:${part}`;
    } else sections.push(part);
  }
  if (sections.includes("")) {
    throw new SyntaxError(
      `invalid spec: ${spec}: empty section between colons`,
    );
  }
  if (sections.length > 3) {
    throw new SyntaxError(`invalid spec: ${spec}: too many colons`);
  }
  return sections;
}

function isMode(text: string): boolean {
  if (text === "") return true;
  const seen = new Set<number>();
  for (const word of text.split(",")) {
    const group = MODE_GROUPS.findIndex((words) => words.includes(word));
    if (group < 0 || seen.has(group)) return false;
    seen.add(group);
  }
  return true;
}

function checkTarget(target: string, fail: (reason: string) => Error): string {
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

function invalidSpec(spec: string, type: string, reason: string): RangeError {
  return new RangeError(
    `invalid volume specification: '${spec}': invalid mount config for type ${
      quote(type)
    }: ${reason}`,
  );
}

function driverOf({ volumeDriver }: MountContext): { driver?: string } {
  return volumeDriver === undefined || volumeDriver === ""
    ? {}
    : { driver: volumeDriver };
}

interface MountFields {
  type: string;
  source: string;
  target: string;
  readonly: boolean | undefined;
  propagation: string;
  recursive: string;
  noCopy: boolean;
  driver: string | undefined;
  driverOptions: Record<string, string>;
  labels: Record<string, string>;
  subpath: string | undefined;
  tmpfsSize: number;
  tmpfsMode: number;
  /** The mount types that an option was given for. */
  kinds: Set<string>;
}

function readMountFields(text: string): MountFields {
  const fields: MountFields = {
    type: "volume",
    source: "",
    target: "",
    readonly: undefined,
    propagation: "",
    recursive: "",
    noCopy: false,
    driver: undefined,
    driverOptions: {},
    labels: {},
    subpath: undefined,
    tmpfsSize: 0,
    tmpfsMode: 0,
    kinds: new Set(),
  };
  for (const field of parseCsvLine(text)) {
    const equals = field.indexOf("=");
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    if (equals < 0 && !STANDALONE_KEYS.includes(key)) {
      throw new SyntaxError(
        `invalid field '${field}' must be a key=value pair`,
      );
    }
    const value = equals < 0 ? "true" : field.slice(equals + 1);
    const kind = /^(bind|volume|tmpfs|image)-/.exec(key)?.[1];
    if (kind !== undefined) fields.kinds.add(kind);
    setField(fields, key, value, field);
  }
  return fields;
}

const STANDALONE_KEYS: readonly string[] = [
  "readonly",
  "ro",
  "volume-nocopy",
  "bind-nonrecursive",
];

function setField(
  fields: MountFields,
  key: string,
  value: string,
  field: string,
) {
  const invalid = (cause?: unknown) =>
    new SyntaxError(`invalid value for ${key}: ${value}`, { cause });
  switch (key) {
    case "type":
      fields.type = value.toLowerCase();
      return;
    case "source":
    case "src":
      fields.source = value;
      return;
    case "target":
    case "dst":
    case "destination":
      fields.target = value;
      return;
    case "readonly":
    case "ro":
      fields.readonly = readBoolean(value, invalid);
      return;
    case "consistency":
      // Only Docker Desktop gives it a meaning.
      return;
    case "bind-propagation":
      fields.propagation = value.toLowerCase();
      return;
    case "bind-nonrecursive":
      if (readBoolean(value, invalid)) fields.recursive = "disabled";
      return;
    case "bind-recursive":
      if (!["enabled", "disabled", "writable", "readonly"].includes(value)) {
        throw new SyntaxError(
          `${invalid().message} (must be "enabled", "disabled", "writable", or "readonly")`,
        );
      }
      fields.recursive = value;
      return;
    case "volume-nocopy":
      fields.noCopy = readBoolean(value, invalid);
      return;
    case "volume-driver":
      fields.driver = value;
      return;
    case "volume-subpath":
      fields.subpath = value;
      return;
    case "volume-label":
      setPair(fields.labels, value);
      return;
    case "volume-opt":
      setPair(fields.driverOptions, value);
      return;
    case "image-subpath":
      return;
    case "tmpfs-size":
      try {
        fields.tmpfsSize = parseBytes(value);
      } catch (cause) {
        throw invalid(cause);
      }
      return;
    case "tmpfs-mode":
      if (!/^[0-7]+$/.test(value)) throw invalid();
      fields.tmpfsMode = parseInt(value, 8);
      return;
  }
  throw new SyntaxError(`unexpected key '${key}' in '${field}'`);
}

function setPair(pairs: Record<string, string>, text: string) {
  const equals = text.indexOf("=");
  if (equals < 0) pairs[text] = "";
  else pairs[text.slice(0, equals)] = text.slice(equals + 1);
}

function readBoolean(value: string, invalid: () => SyntaxError): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw invalid();
}

function checkRecursion(
  recursive: string,
  readonly: boolean,
  propagation: string,
) {
  if (recursive !== "writable" && recursive !== "readonly") return;
  const option = `option 'bind-recursive=${recursive}' requires`;
  if (!readonly) {
    throw new SyntaxError(
      `${option} 'readonly' to be specified in conjunction`,
    );
  }
  if (recursive === "readonly" && propagation !== "rprivate") {
    throw new SyntaxError(
      `${option} 'bind-propagation=rprivate' to be specified in conjunction`,
    );
  }
}
