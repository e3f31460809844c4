/**
 * From the flags of `docker create` and `docker run` to what they ask for.
 *
 * @module
 */
import { parseDevice } from "../../docker/device.ts";
import { parseDnsSearch, parseDnsServer } from "../../docker/dns.ts";
import { parseExtraHost } from "../../docker/extra_host.ts";
import {
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { mergeMounts, type Mount } from "../../docker/mount.ts";
import { parseMount } from "../../docker/mount_flag.ts";
import { parseExpose, parsePublish, portKey } from "../../docker/publish.ts";
import { parseRestartPolicy } from "../../docker/restart_policy.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import { parseSignal } from "../../docker/signal.ts";
import { parseSysctl } from "../../docker/sysctl.ts";
import { parseTmpfs } from "../../docker/tmpfs.ts";
import { parseUlimit } from "../../docker/ulimit.ts";
import { parseBytes, parseCpus, parseMemorySwap } from "../../docker/units.ts";
import { parseVolume } from "../../docker/volume_flag.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import type { CreateInput } from "./create_flags.ts";
import { flagValue, value } from "./create_values.ts";
import { readEnvironment, readLabels } from "./environment_and_labels.ts";
import { refuseContradictions, refuseWhatCannotBe } from "./request_checks.ts";

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
  if (values["memory-swap"]) {
    flagValue("memory-swap", values["memory-swap"], parseMemorySwap);
  }
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

/** A whole ID, which no name may look like, in the form that a name may have. */
function nameOrId(text: string): string {
  return /^[a-f0-9]{64}$/.test(text) ? `sha256:${text}` : text;
}
