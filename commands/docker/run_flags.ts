/**
 * The flags of `docker run` and `docker create`, and what they ask for.
 *
 * @module
 */
import { parseDevice } from "../../docker/device.ts";
import { parseDnsSearch, parseDnsServer } from "../../docker/dns.ts";
import { type EnvEntry, parseEnv, parseEnvFile } from "../../docker/env.ts";
import { parseExtraHost } from "../../docker/extra_host.ts";
import {
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { parseLabel, parseLabelFile } from "../../docker/label.ts";
import {
  mergeMounts,
  type Mount,
  parseMount,
  parseTmpfs,
  parseVolume,
} from "../../docker/mount.ts";
import { parseExpose, parsePublish, portKey } from "../../docker/publish.ts";
import { parseRestartPolicy } from "../../docker/restart_policy.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import { parseSignal } from "../../docker/signal.ts";
import { parseSysctl } from "../../docker/sysctl.ts";
import { parseUlimit } from "../../docker/ulimit.ts";
import { parseBytes, parseCpus } from "../../docker/units.ts";
import type { Context } from "../context.ts";
import { DaemonError, UsageError } from "../errors.ts";
import { type FlagTable, flagValueError, type FlagValues } from "../flags.ts";

/** Flags that `run` and `create` share. */
export const createFlags = {
  "add-host": {
    type: "strings",
    value: "list",
    usage: "Add a custom host-to-IP mapping (host:ip)",
  },
  "cap-add": {
    type: "strings",
    value: "list",
    usage: "Add Linux capabilities",
    ignored: "Incus containers keep all capabilities of their user namespace",
  },
  "cap-drop": {
    type: "strings",
    value: "list",
    usage: "Drop Linux capabilities",
  },
  cgroupns: {
    type: "string",
    usage: "Cgroup namespace to use (private)",
  },
  cpus: { type: "string", value: "decimal", usage: "Number of CPUs" },
  "cpu-shares": {
    type: "number",
    short: "c",
    value: "int",
    usage: "CPU shares (relative weight)",
    ignored: "Incus has priorities in its place",
  },
  "cpuset-cpus": {
    type: "string",
    usage: "CPUs in which to allow execution (0-3, 0,1)",
  },
  device: {
    type: "strings",
    value: "list",
    usage: "Add a host device to the container",
  },
  dns: { type: "strings", value: "list", usage: "Set custom DNS servers" },
  "dns-option": { type: "strings", value: "list", usage: "Set DNS options" },
  "dns-search": {
    type: "strings",
    value: "list",
    usage: "Set custom DNS search domains",
  },
  entrypoint: {
    type: "string",
    usage: "Overwrite the default ENTRYPOINT of the image",
  },
  env: {
    type: "strings",
    short: "e",
    value: "list",
    usage: "Set environment variables",
  },
  "env-file": {
    type: "strings",
    value: "list",
    usage: "Read in a file of environment variables",
  },
  expose: {
    type: "strings",
    value: "list",
    usage: "Expose a port or a range of ports",
  },
  hostname: { type: "string", short: "h", usage: "Container host name" },
  init: {
    type: "boolean",
    usage:
      "Run an init inside the container that forwards signals and reaps processes",
  },
  interactive: {
    type: "boolean",
    short: "i",
    usage: "Keep STDIN open even if not attached",
  },
  ip: { type: "string", usage: "IPv4 address (e.g., 172.30.100.104)" },
  ip6: { type: "string", usage: "IPv6 address (e.g., 2001:db8::33)" },
  label: {
    type: "strings",
    short: "l",
    value: "list",
    usage: "Set meta data on a container",
  },
  "label-file": {
    type: "strings",
    value: "list",
    usage: "Read in a line delimited file of labels",
  },
  "log-driver": {
    type: "string",
    usage: "Logging driver for the container",
    ignored: "Incus keeps the console log",
  },
  "log-opt": {
    type: "strings",
    value: "list",
    usage: "Log driver options",
    ignored: "Incus keeps the console log",
  },
  memory: { type: "string", short: "m", value: "bytes", usage: "Memory limit" },
  "memory-swap": {
    type: "string",
    value: "bytes",
    usage: "Swap limit equal to memory plus swap",
    ignored: "Incus decides on swap by the server's settings",
  },
  mount: {
    type: "strings",
    value: "mount",
    usage: "Attach a filesystem mount to the container",
  },
  name: { type: "string", usage: "Assign a name to the container" },
  network: {
    type: "string",
    aliases: ["net"],
    usage: "Connect a container to a network",
    value: "network",
  },
  "network-alias": {
    type: "strings",
    value: "list",
    usage: "Add network-scoped alias for the container",
    ignored: "the server's DNS knows instances by their names only",
  },
  "oom-score-adj": {
    type: "number",
    value: "int",
    usage: "Tune host's OOM preferences (-1000 to 1000)",
    ignored: "Incus sets it by itself",
  },
  "pids-limit": {
    type: "number",
    value: "int",
    usage: "Tune container pids limit (set -1 for unlimited)",
  },
  platform: {
    type: "string",
    usage: "Set platform if server is multi-platform capable",
  },
  privileged: {
    type: "boolean",
    usage: "Give extended privileges to this container",
  },
  publish: {
    type: "strings",
    short: "p",
    value: "list",
    usage: "Publish a container's port(s) to the host",
  },
  "publish-all": {
    type: "boolean",
    short: "P",
    usage: "Publish all exposed ports to random ports",
  },
  pull: {
    type: "string",
    default: "missing",
    usage: 'Pull image before running ("always", "missing", "never")',
  },
  quiet: {
    type: "boolean",
    short: "q",
    usage: "Suppress the pull output",
  },
  restart: {
    type: "string",
    default: "no",
    usage: "Restart policy to apply when a container exits",
  },
  rm: {
    type: "boolean",
    usage: "Automatically remove the container when it exits",
  },
  "security-opt": {
    type: "strings",
    value: "list",
    usage: "Security Options",
    ignored:
      "seccomp and AppArmor are the server's; privileged ones are unconfined",
  },
  "shm-size": { type: "string", value: "bytes", usage: "Size of /dev/shm" },
  "stop-signal": {
    type: "string",
    usage: "Signal to stop the container",
  },
  "stop-timeout": {
    type: "number",
    value: "int",
    usage: "Timeout (in seconds) to stop a container",
  },
  sysctl: { type: "strings", value: "map", usage: "Sysctl options" },
  tmpfs: { type: "strings", value: "list", usage: "Mount a tmpfs directory" },
  tty: { type: "boolean", short: "t", usage: "Allocate a pseudo-TTY" },
  ulimit: { type: "strings", value: "ulimit", usage: "Ulimit options" },
  user: {
    type: "string",
    short: "u",
    usage: "Username or UID (format: <name|uid>[:<group|gid>])",
  },
  userns: {
    type: "string",
    usage: "User namespace to use",
    ignored:
      "the server decides; --privileged containers have none of their own",
  },
  volume: {
    type: "strings",
    short: "v",
    value: "list",
    usage: "Bind mount a volume",
  },
  workdir: {
    type: "string",
    short: "w",
    usage: "Working directory inside the container",
  },
} as const satisfies FlagTable;

/** The flags of `run` and `create`, parsed; `run` has more of them. */
export interface CreateInput {
  values: FlagValues<typeof createFlags>;
  args: string[];
  changed: { has(name: keyof typeof createFlags): boolean };
}

/**
 * Reads a command line into a request. Files named by flags are read; nothing
 * else happens.
 */
export async function readRequest(
  ctx: Context,
  { values, args, changed }: CreateInput,
): Promise<RunRequest> {
  const [image = "", ...command] = args;
  const mounts = readMounts(values);
  const request: RunRequest = {
    name: values.name ?? "",
    image,
    reference: value(() =>
      withDefaultTag(parseImageReference(nameOrId(image)))
    ),
    args: command,
    ...(changed.has("entrypoint") && {
      entrypoint: values.entrypoint ? [values.entrypoint] : [],
    }),
    ...await readEnvironment(ctx, values),
    labels: await readLabels(values),
    publishes: values.publish.flatMap((one) => value(() => parsePublish(one))),
    publishAll: values["publish-all"],
    expose: values.expose.flatMap((one) =>
      value(() => parseExpose(one)).map(portKey)
    ),
    mounts,
    binds: values.volume.filter((one) => one.includes(":")),
    devices: values.device.map((one) => value(() => parseDevice(one))),
    sysctls: Object.fromEntries(
      values.sysctl.map((one) => flagValue("sysctl", one, parseSysctl)),
    ),
    ulimits: values.ulimit.map((one) => flagValue("ulimit", one, parseUlimit)),
    hostname: values.hostname ?? "",
    user: values.user ?? "",
    workingDir: values.workdir ?? "",
    network: values.network ?? "bridge",
    ipv4: values.ip ?? "",
    ipv6: values.ip6 ?? "",
    privileged: values.privileged,
    tty: values.tty,
    openStdin: values.interactive,
    attach: true,
    init: changed.has("init") ? values.init : null,
    autoRemove: values.rm,
    restart: value(() => parseRestartPolicy(values.restart)),
    stopSignal: readSignal(values["stop-signal"]),
    stopTimeout: values["stop-timeout"] ?? null,
    securityOpt: values["security-opt"],
    capAdd: values["cap-add"],
    capDrop: values["cap-drop"],
    cgroupns: values.cgroupns ?? "",
    userns: values.userns ?? "",
    extraHosts: values["add-host"].map((one) =>
      flagValue("add-host", one, parseExtraHost)
    ),
    dns: values.dns.map((one) => flagValue("dns", one, parseDnsServer)),
    dnsSearch: values["dns-search"].map((one) =>
      flagValue("dns-search", one, parseDnsSearch)
    ),
    dnsOptions: values["dns-option"],
    platform: values.platform ?? "",
    pull: readPull(values.pull),
    quiet: values.quiet,
    memory: values.memory ? flagValue("memory", values.memory, parseBytes) : 0,
    cpus: values.cpus ? flagValue("cpus", values.cpus, parseCpus) : 0,
    pidsLimit: values["pids-limit"] ?? 0,
    cpuset: values["cpuset-cpus"] ?? "",
  };
  if (values["shm-size"]) {
    request.mounts.push(shmMount(values["shm-size"]));
  }
  refuseContradictions(request);
  refuseWhatCannotBe(request);
  return request;
}

type Values = CreateInput["values"];

function readMounts(values: Values): Mount[] {
  const directory = Deno.cwd();
  return value(() =>
    mergeMounts([
      ...values.volume.map((one) => parseVolume(one, { directory })),
      ...values.mount.map((one) =>
        flagValue("mount", one, (text) => parseMount(text, { directory }))
      ),
      ...values.tmpfs.map(parseTmpfs),
    ])
  );
}

function shmMount(size: string): Mount {
  const bytes = flagValue("shm-size", size, parseBytes);
  return { ...parseTmpfs("/dev/shm:mode=1777"), size: bytes };
}

async function readEnvironment(
  ctx: Context,
  values: Values,
): Promise<Pick<RunRequest, "env" | "unsetEnv">> {
  const lookUp = (name: string) => ctx.env(name);
  const entries: EnvEntry[] = [];
  for (const file of values["env-file"]) {
    const content = await readFile(file);
    entries.push(...value(() => parseEnvFile(content, file, lookUp)));
  }
  for (const one of values.env) {
    entries.push(flagValue("env", one, (text) => parseEnv(text, lookUp)));
  }
  const merged = new Map<string, string>();
  const unset = new Set<string>();
  for (const { name, value } of entries) {
    // A bare name that the caller doesn't have is absent in the container too.
    if (value === undefined) unset.add(name);
    else merged.set(name, value);
  }
  return {
    env: [...merged].map(([name, text]) => `${name}=${text}`),
    unsetEnv: [...unset].filter((name) => !merged.has(name)),
  };
}

async function readLabels(values: Values): Promise<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const file of values["label-file"]) {
    const content = await readFile(file);
    for (const [key, text] of value(() => parseLabelFile(content, file))) {
      labels[key] = text;
    }
  }
  for (const one of values.label) {
    const [key, text] = flagValue("label", one, parseLabel);
    labels[key] = text;
  }
  return labels;
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new UsageError(`open ${path}: no such file or directory`, {
      subject: "value",
      cause,
    });
  }
}

function readPull(text: string): RunRequest["pull"] {
  if (text === "always" || text === "missing" || text === "never") return text;
  throw new UsageError(
    `invalid pull option: '${text}': must be one of "always", "missing" or "never"`,
    { subject: "value" },
  );
}

function readSignal(text: string | undefined): string {
  if (!text) return "";
  value(() => parseSignal(text));
  return text;
}

/** The least memory that docker gives a container. */
const MIN_MEMORY = 6 * 1024 * 1024;

/** What docker refuses although each flag by itself is right. */
function refuseContradictions(request: RunRequest): void {
  if (request.autoRemove && request.restart.name !== "no") {
    throw new UsageError("Conflicting options: --restart and --rm", {
      subject: "value",
    });
  }
  for (const one of request.securityOpt) {
    if (/[=:]/.test(one) || one === "no-new-privileges") continue;
    throw new UsageError(`Invalid --security-opt: ${JSON.stringify(one)}`, {
      subject: "value",
    });
  }
  if (request.memory > 0 && request.memory < MIN_MEMORY) {
    throw new DaemonError("Minimum memory limit allowed is 6MB");
  }
  if (request.workingDir && !request.workingDir.startsWith("/")) {
    throw new DaemonError(
      `the working directory '${request.workingDir}' is invalid, ` +
        "it needs to be an absolute path",
    );
  }
}

/** What Incus has no way to do is refused before anything is made. */
function refuseWhatCannotBe(request: RunRequest): void {
  if (request.network === "host" || request.network.startsWith("container:")) {
    throw new UsageError(
      `network mode "${request.network}" can't be had on Incus: instances ` +
        "have a network of their own",
      { subject: "value" },
    );
  }
  if (request.cgroupns && request.cgroupns !== "private") {
    throw new UsageError(
      `cgroup namespace mode "${request.cgroupns}" can't be had on Incus: use private`,
      { subject: "value" },
    );
  }
  for (const mount of request.mounts) {
    if (mount.type === "volume" && mount.source !== "") {
      throw new UsageError(
        `named volumes such as "${mount.source}" are not supported yet: ` +
          "use a folder of the server, as /srv/data:/data",
        { subject: "value" },
      );
    }
  }
  const sctp = request.publishes.find((one) => one.protocol === "sctp");
  if (sctp) {
    throw new UsageError(
      `port ${sctp.containerPort}/sctp can't be published: the server forwards ` +
        "tcp and udp only. Leave it out; from the server's machine, the " +
        "container's own address reaches it",
      { subject: "value" },
    );
  }
}

/** A value that docker's client checks, under the flag's name. */
function flagValue<T>(
  name: keyof typeof createFlags,
  text: string,
  parse: (text: string) => T,
): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw flagValueError(createFlags, name, text, error);
    }
    throw refusal(error);
  }
}

/** A value whose text stands alone after `docker: `. */
function value<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw refusal(error);
  }
}

/** SyntaxError: the client refuses. RangeError: the daemon would. */
function refusal(error: unknown): unknown {
  if (error instanceof SyntaxError) {
    return new UsageError(error.message, { subject: "value", cause: error });
  }
  if (error instanceof RangeError) {
    return new UsageError(`Error response from daemon: ${error.message}`, {
      subject: "value",
      cause: error,
    });
  }
  return error;
}

/** A whole ID, which no name may look like, in the form that a name may have. */
function nameOrId(text: string): string {
  return /^[a-f0-9]{64}$/.test(text) ? `sha256:${text}` : text;
}
