/**
 * What `docker info` and `docker version` tell of the server.
 *
 * @module
 */
import type { KiniFacts, ServerFacts } from "../../docker/info_view.ts";
import type { IncusClient } from "../../incus/client.ts";
import { addressOf } from "../../incus/remote.ts";
import { chooseMode } from "../../modes/mode.ts";
import type { Context } from "../context.ts";
import { VERSION } from "../version.ts";
import { cgroupFacts, hasAppArmor, machineSize } from "./host_facts.ts";
import { wantsUnprivileged } from "./unprivileged.ts";

const PRODUCTS: Readonly<Record<string, string>> = {
  incus: "Incus",
  lxd: "LXD",
};

/** Everything but the counts; one request. */
export async function serverFacts(
  ctx: Context,
  client: IncusClient,
): Promise<ServerFacts> {
  const unprivileged = wantsUnprivileged(ctx.env);
  const [server, kini, { cgroup, apparmor, size }] = await Promise.all([
    client.server(),
    kiniFacts(ctx, client, unprivileged),
    client.remote.https
      ? import("./remote_facts.ts").then((one) => one.remoteMachine(client))
      : localMachine(),
  ]);
  const { environment } = server;
  return {
    name: environment.server_name,
    product: PRODUCTS[environment.server] ?? environment.server,
    version: environment.server_version,
    kernelVersion: environment.kernel_version,
    operatingSystem: [environment.os_name, environment.os_version]
      .filter(Boolean).join(" "),
    osVersion: environment.os_version ?? "",
    architecture: environment.kernel_architecture,
    // A server with several pools lists their drivers: `dir | zfs`.
    driver: firstOf(environment.storage),
    driverVersion: firstOf(environment.storage_version),
    runtime: `${environment.driver} ${environment.driver_version}`,
    firewall: environment.firewall ?? "",
    cgroup,
    securityOptions: [
      ...(apparmor ? ["name=apparmor"] : []),
      "name=seccomp,profile=builtin",
      ...(unprivileged ? ["name=userns", "name=rootless"] : []),
      ...(cgroup.version === "2" ? ["name=cgroupns"] : []),
    ],
    ...size,
    now: ctx.now(),
    kini,
  };
}

async function localMachine() {
  const [cgroup, apparmor, size] = await Promise.all([
    cgroupFacts(),
    hasAppArmor(),
    machineSize(),
  ]);
  return { cgroup, apparmor, size };
}

/** The mode that containers get here, and why; a server that no mode works with can still be shown. */
async function kiniFacts(
  ctx: Context,
  client: IncusClient,
  unprivileged: boolean,
): Promise<KiniFacts> {
  const wanted = ctx.env("KINI_MODE");
  let mode = "";
  let reason = "";
  let images = "";
  try {
    mode = (await chooseMode(client, wanted)).name;
    images = mode === "lxc" ? await lxcImages(ctx) : "kindest/node";
    reason = wanted
      ? `KINI_MODE is ${JSON.stringify(wanted)}`
      : mode === "lxc"
      ? "the server has no OCI containers"
      : "the best that the server can do";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reason = error.message;
  }
  return {
    version: VERSION,
    mode,
    reason,
    socket: client.remote.https ? addressOf(client.remote) : client.remote.path,
    project: client.remote.project ?? "default",
    images,
    unprivileged,
  };
}

/** What nodes are made of in LXC mode, in words. */
async function lxcImages(ctx: Context): Promise<string> {
  const { kubeadmSettings } = await import("../../modes/kubeadm_settings.ts");
  const { images, server } = kubeadmSettings((name) => ctx.env(name));
  switch (images) {
    case "kindest":
      return "kindest/node";
    case "kubeadm":
      return `kubeadm images of ${server}`;
    case "any":
      return `kubeadm images of ${server}, else kindest/node`;
  }
}

function firstOf(list: string): string {
  return list.split(/[\s|,]+/, 1)[0] ?? "";
}
