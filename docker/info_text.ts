/**
 * The text of `docker info` without a format.
 *
 * @module
 */
import type { ClientFacts, ObjectCounts, ServerFacts } from "./info_view.ts";
import { formatBytes } from "./units.ts";

/** The lines about the client, which docker prints whether a server answers or not. */
export function clientInfoText(client: ClientFacts): string {
  return [
    "Client:",
    ` Version:    ${client.version}`,
    " Context:    default",
    " Debug Mode: false",
    "",
  ].join("\n") + "\n";
}

/** The lines about the server, laid out as docker's. */
export function serverInfoText(
  server: ServerFacts,
  counts: ObjectCounts,
): string {
  const { cgroup, kini } = server;
  const lines = [
    "Server:",
    ` Containers: ${counts.running + counts.paused + counts.stopped}`,
    `  Running: ${counts.running}`,
    `  Paused: ${counts.paused}`,
    `  Stopped: ${counts.stopped}`,
    ` Images: ${counts.images}`,
    ` Server Version: ${server.version}`,
    ` Storage Driver: ${server.driver}`,
    `  Version: ${server.driverVersion}`,
    " Logging Driver: json-file",
    ` Cgroup Driver: ${cgroup.driver}`,
    ` Cgroup Version: ${cgroup.version}`,
    " Swarm: inactive",
    ` Default Runtime: ${server.runtime}`,
    ...(server.firewall ? [` Firewall: ${server.firewall}`] : []),
    " Security Options:",
    ...server.securityOptions.flatMap(securityLines),
    ` Kernel Version: ${server.kernelVersion}`,
    ` Operating System: ${server.operatingSystem}`,
    " OSType: linux",
    ` Architecture: ${server.architecture}`,
    ` CPUs: ${server.cpus}`,
    ` Total Memory: ${formatBytes(server.memory)}`,
    ` Name: ${server.name}`,
    " Kini:",
    `  Version: ${kini.version}`,
    `  Server: ${server.product} ${server.version}`,
    `  Socket: ${kini.socket}`,
    `  Project: ${kini.project}`,
    `  Mode: ${kini.mode || "none"} (${kini.reason})`,
    ...(kini.images ? [`  Node Images: ${kini.images}`] : []),
    `  Unprivileged: ${kini.unprivileged}`,
    "",
  ];
  return lines.join("\n") + "\n";
}

/** `name=seccomp,profile=builtin` → the name, and its settings below it. */
function securityLines(option: string): string[] {
  return option.split(",").map((cell) => {
    const [key = "", value = ""] = cell.split("=");
    if (key === "name") return `  ${value}`;
    return `   ${key[0]?.toUpperCase()}${key.slice(1)}: ${value}`;
  });
}
