/**
 * The flags of `docker create` and `docker run`.
 *
 * @module
 */
import type { FlagTable, FlagValues } from "../flags.ts";

/** Flags that `run` and `create` share; `run` has more of them. */
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

/** Those flags, parsed. */
export interface CreateInput {
  values: FlagValues<typeof createFlags>;
  args: string[];
  changed: { has(name: keyof typeof createFlags): boolean };
}
