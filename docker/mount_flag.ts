/**
 * `--mount`.
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
import { readMountFields } from "./mount_fields.ts";
import { cleanPath, isAbsolutePath, resolvePath } from "./path.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

/**
 * Parses a value of `--mount`, as `type=bind,src=/a,dst=/b,readonly`.
 *
 * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "--mount" flag: `.
 * @throws {RangeError} With a text of docker's daemon, as `invalid mount config for type "bind": …`.
 */
export function parseMount(
  text: string,
  context: MountContext,
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
  const base = { ...EMPTY_MOUNT, target: cleanTarget, readonly, options: [] };
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
