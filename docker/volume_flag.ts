/**
 * `-v`, `--volume`.
 *
 * @module
 */
import { quote } from "./go_quote.ts";
import {
  checkTarget,
  checkVolumeName,
  EMPTY_MOUNT,
  type Mount,
  type MountContext,
  PROPAGATIONS,
} from "./mount.ts";
import { cleanPath, isAbsolutePath, resolvePath } from "./path.ts";

const MODE_GROUPS: readonly (readonly string[])[] = [
  ["rw", "ro"],
  ["z", "Z"],
  PROPAGATIONS,
  ["nocopy"],
  ["default", "consistent", "cached", "delegated"],
];

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
      ...EMPTY_MOUNT,
      type: "volume",
      target,
      options: [],
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
    ...EMPTY_MOUNT,
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
  };
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

function invalidSpec(spec: string, type: string, reason: string): RangeError {
  return new RangeError(
    `invalid volume specification: '${spec}': invalid mount config for type ${
      quote(type)
    }: ${reason}`,
  );
}
