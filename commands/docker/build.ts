/**
 * `docker build`: images are not built here, and the answer says where else.
 *
 * @module
 */
import { anyArguments, defineCommand } from "../command.ts";
import type { FlagSpec, FlagTable } from "../flags.ts";

const WITH_VALUE = [
  ..."add-host build-arg build-context builder cache-from cache-to".split(" "),
  ..."cgroup-parent cpu-period cpu-quota cpu-shares cpuset-cpus".split(" "),
  ..."cpuset-mems file iidfile isolation label memory memory-swap".split(" "),
  ..."metadata-file network output platform progress secret".split(" "),
  ..."security-opt shm-size ssh tag target ulimit".split(" "),
];

const ALONE = [
  ..."compress disable-content-trust force-rm load no-cache pull".split(" "),
  ..."push quiet rm".split(" "),
];

const SHORT: Readonly<Record<string, string>> = {
  "cpu-shares": "c",
  file: "f",
  memory: "m",
  output: "o",
  quiet: "q",
  tag: "t",
};

/** Known so that every call gets the same answer. */
function flag(
  name: string,
  type: "strings" | "boolean",
): [string, FlagSpec] {
  const short = SHORT[name];
  return [name, {
    type,
    usage: "",
    hidden: true,
    ignored: "nothing is built",
    ...(short && { short }),
  }];
}

const flags: FlagTable = Object.fromEntries([
  ...WITH_VALUE.map((name) => flag(name, "strings")),
  ...ALONE.map((name) => flag(name, "boolean")),
]);

/** `docker build`. */
export const command = defineCommand({
  usage: "[OPTIONS] PATH | URL | -",
  flags,
  args: anyArguments,
  examples: ["load -i image.tar"],
  run() {
    return Promise.reject(
      new Error(
        "docker build is not available on Incus: build the image with buildah, " +
          'podman or Docker, save it to a file, and take it in with "docker ' +
          'load -i FILE"',
      ),
    );
  },
});
