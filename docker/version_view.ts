/**
 * Client and server as `docker version` shows them.
 *
 * @module
 */
import { goMap, goNil, goSlice, type GoStruct, goStruct } from "./go_value.ts";
import type { ClientFacts } from "./info_view.ts";

/** The release of docker's API that the client's words belong to. */
const API_VERSION = "1.45";

/** What `docker version` tells of a server. */
export interface ServerVersion {
  /** What it is: `Incus` or `LXD`. */
  product: string;
  version: string;
  /** Of its own API, not docker's. */
  apiVersion: string;
  kernelVersion: string;
  architecture: string;
  /** The container runtime and its version. */
  runtime: { name: string; version: string };
}

/** Both as docker's `system.versionInfo`; without a server its part is nil. */
export function versionView(
  client: ClientFacts,
  server: ServerVersion | undefined,
): GoStruct {
  return goStruct("system.versionInfo", {
    Client: goStruct("system.clientVersion", {
      "Platform,omitempty": goNil("*system.platformInfo"),
      Version: client.version,
      "APIVersion:ApiVersion": API_VERSION,
      DefaultAPIVersion: API_VERSION,
      GitCommit: client.build,
      GoVersion: "",
      Os: "linux",
      Arch: client.architecture,
      BuildTime: "",
      Context: "default",
    }),
    Server: server ? serverView(server) : goNil("*types.Version"),
  });
}

/** The template of `docker version` without a format, as docker lays it out. */
export function versionText(
  client: ClientFacts,
  server: ServerVersion | undefined,
): string {
  const rows = [
    "Client:",
    ` Version:\t${client.version}`,
    ` API version:\t${API_VERSION}`,
    ` Git commit:\t${client.build}`,
    ` OS/Arch:\tlinux/${client.architecture}`,
    " Context:\tdefault",
  ];
  if (server) {
    rows.push(
      "",
      "Server:",
      ` ${server.product}:`,
      `  Version:\t${server.version}`,
      `  API version:\t${server.apiVersion}`,
      `  OS/Arch:\tlinux/${server.architecture}`,
      ` ${server.runtime.name}:`,
      `  Version:\t${server.runtime.version}`,
    );
  }
  return rows.join("\n") + "\n";
}

function serverView(server: ServerVersion): GoStruct {
  const component = (
    name: string,
    version: string,
    details: Record<string, string>,
  ) =>
    goStruct("types.ComponentVersion", {
      Name: name,
      Version: version,
      "Details,omitempty": goMap(details),
    });
  return goStruct("*types.Version", {
    Platform: goStruct("struct { Name string }", { Name: server.product }),
    "Components,omitempty": goSlice([
      component("Engine", server.version, {
        ApiVersion: server.apiVersion,
        Arch: server.architecture,
        KernelVersion: server.kernelVersion,
        Os: "linux",
      }),
      component(server.runtime.name, server.runtime.version, {}),
    ], "[]types.ComponentVersion"),
    Version: server.version,
    "APIVersion:ApiVersion": server.apiVersion,
    "MinAPIVersion,omitempty": server.apiVersion,
    GitCommit: "",
    GoVersion: "",
    Os: "linux",
    Arch: server.architecture,
    "KernelVersion,omitempty": server.kernelVersion,
    "Experimental,omitempty": false,
    "BuildTime,omitempty": "",
  });
}
