/**
 * What is measured: the same job done by kini and by others.
 *
 * @module
 */
import type { Command } from "./host.ts";

/** One of those that do a case's job. */
export interface Contender extends Command {
  /** How the table calls it. */
  label: string;
  host: "incus" | "docker";
  /** Run before and after each run, not measured. */
  before?: readonly string[];
  after?: readonly string[];
}

/** A job; the first contender is kini. */
export interface Case {
  name: string;
  contenders: readonly Contender[];
  /** `quick` ones take the full number of rounds. */
  size: "quick" | "long" | "cluster" | "image";
  /** Bytes that pass through: the table gives a rate. */
  bytes?: number;
}

/** The container that the cases use; both engines have it. */
export const CONTAINER = "bench-c";
/** Made and removed again by the cases. */
export const EXTRA = "bench-x";
export const CLUSTER = "bench";
export const IMAGE = "busybox:1.37";
const NODE_IMAGE = "kindest/node:v1.35.0";
const GIB = 1024 ** 3;
const SLEEP = ["sleep", "1000000"];

/** The image that is loaded and saved: bytes of its layers, name and places. */
export const BIG_IMAGE = {
  bytes: 4 * GIB,
  name: "bench/image:1",
  archive: "/root/bench/image.tar",
  saved: "/root/bench/saved.tar",
  layout: "/root/bench/layout",
};

const kini = (argv: readonly string[]): Contender => (
  { label: "kini", host: "incus", argv }
);
const engine = (argv: readonly string[]): Contender => (
  { label: "Docker Engine", host: "docker", argv }
);
const incus = (...argv: string[]): Contender => (
  { label: `\`${argv.join(" ")}\``, host: "incus", argv }
);

/** `docker` with the same arguments on both sides. */
function both(...args: string[]): Contender[] {
  return [kini(["docker", ...args]), engine(["docker", ...args])];
}

function around(
  contenders: Contender[],
  steps: Pick<Contender, "before" | "after">,
): Contender[] {
  return contenders.map((one) => ({ ...one, ...steps }));
}

const runExtra = ["docker", "run", "-d", "--name", EXTRA, IMAGE, ...SLEEP];
const removeExtra = ["docker", "rm", "-f", EXTRA];
const launchExtra = ["incus", "launch", `docker:${IMAGE}`, EXTRA];
const deleteExtra = ["incus", "delete", "-f", EXTRA];

/** The cases; `empty` is the floor's program, where there is one. */
export function cases(empty: string | undefined): Case[] {
  const sink = ["sh", "-c", "cat >/dev/null"];
  const source = ["head", "-c", String(GIB), "/dev/zero"];
  const quick = (name: string, contenders: Contender[]): Case => (
    { name, contenders, size: "quick" }
  );
  const stream = (name: string, contenders: Contender[]): Case => (
    { name, contenders, size: "long", bytes: GIB }
  );
  return [
    quick("`docker --version`", [
      ...both("--version"),
      incus("incus", "--version"),
      ...(empty
        ? [
          {
            label: "empty Deno program",
            host: "incus",
            argv: [empty],
          } as const,
        ]
        : []),
    ]),
    quick("`docker ps`", [...both("ps"), incus("incus", "list")]),
    quick("`docker inspect C`", [
      ...both("inspect", CONTAINER),
      {
        ...incus("incus", "query", `/1.0/instances/${CONTAINER}?recursion=1`),
        label: "`incus query`",
      },
      {
        ...incus("incus", "config", "show", CONTAINER),
        label: "`incus config show`",
      },
    ]),
    quick("`docker exec C true`", [
      ...both("exec", CONTAINER, "true"),
      {
        ...incus("incus", "exec", CONTAINER, "--", "true"),
        label: "`incus exec`",
      },
    ]),
    quick("`docker logs C`", both("logs", CONTAINER)),
    {
      name: "`docker run -d`",
      size: "long",
      contenders: [
        ...around(both(...runExtra.slice(1)), { after: removeExtra }),
        {
          ...incus(...launchExtra),
          label: "`incus launch`",
          after: deleteExtra,
        },
      ],
    },
    {
      name: "`docker rm -f`",
      size: "long",
      contenders: [
        ...around(both(...removeExtra.slice(1)), { before: runExtra }),
        {
          ...incus(...deleteExtra),
          label: "`incus delete -f`",
          before: launchExtra,
        },
      ],
    },
    stream(
      "1 GiB into `docker exec -i`",
      [
        ...both("exec", "-i", CONTAINER, ...sink),
        {
          ...incus("incus", "exec", "-T", CONTAINER, "--", ...sink),
          label: "`incus exec`",
        },
      ].map((one) => ({ ...one, input: GIB })),
    ),
    stream("1 GiB out of `docker exec`", [
      ...both("exec", CONTAINER, ...source),
      {
        ...incus("incus", "exec", "-T", CONTAINER, "--", ...source),
        label: "`incus exec`",
      },
    ]),
    ...imageCases(),
    {
      name: "`kind create cluster`",
      size: "cluster",
      contenders: [kini, engine].map((side) => ({
        ...side([
          "kind",
          "create",
          "cluster",
          "--name",
          CLUSTER,
          "--image",
          NODE_IMAGE,
        ]),
        after: ["kind", "delete", "cluster", "--name", CLUSTER],
      })),
    },
  ];
}

/** Loading and saving an image; skopeo does the same between two files. */
function imageCases(): Case[] {
  const { bytes, name, archive, saved, layout } = BIG_IMAGE;
  const remove = ["docker", "rmi", "-f", name];
  const load = ["load", "-q", "-i", archive];
  const skopeo = (...argv: string[]): Contender => ({
    label: "`skopeo copy`",
    host: "incus",
    argv: ["skopeo", "copy", "--quiet", "--insecure-policy", ...argv],
  });
  const shell = (script: string) => ["sh", "-c", script];
  return [
    {
      name: "4 GiB `docker load`",
      size: "image",
      bytes,
      contenders: [
        ...around(both(...load), { before: remove }),
        {
          ...skopeo(
            "--dest-oci-accept-uncompressed-layers",
            `docker-archive:${archive}`,
            `oci:${layout}:1`,
          ),
          before: shell(`rm -rf ${layout}`),
        },
      ],
    },
    {
      name: "4 GiB `docker save`",
      size: "image",
      bytes,
      contenders: [
        ...around(both("save", "-o", saved, name), {
          before: shell(
            `rm -f ${saved}; docker image inspect ${name} || docker ${
              load.join(" ")
            }`,
          ),
        }),
        {
          ...skopeo(`oci:${layout}:1`, `docker-archive:${saved}:${name}`),
          before: shell(`rm -f ${saved}`),
        },
      ],
    },
  ];
}
