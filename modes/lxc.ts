/**
 * LXC mode: a container becomes an ordinary system container of Incus or LXD,
 * whose first process is docker's command instead of an init system.
 *
 * Its image is the docker image's file system alone, so what docker's runtime
 * takes from the image's configuration is given to the container runtime here.
 * A node of a kubeadm image is a system container in full, with its own init.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { rawLines } from "./config_check.ts";
import { ADDRESS_KEY, IMAGE_KIND_KEY } from "./keys.ts";
import { chooseAddress } from "./lxc_address.ts";
import { placeLxcCommand } from "./lxc_command.ts";
import type {
  InstanceChange,
  InstancePlan,
  Mode,
  RunFacts,
  StaticAddress,
} from "./mode.ts";
import { planInstance } from "./plan.ts";
import { DEFAULT_PATH } from "./program_path.ts";

/** Containers as system containers. */
export const lxcMode: Mode = {
  name: "lxc",
  plan,
  place,
  // A system of its own asks for an address wherever one is given out.
  chooseAddress: (client, request, facts, taken) =>
    chooseAddress(
      client,
      request,
      facts.network,
      taken,
      kubeadmOf(request, facts) !== undefined,
    ),
};

function plan(request: RunRequest, facts: RunFacts): InstancePlan {
  const made = planInstance(request, facts);
  const { config } = made.body;
  config["environment.PATH"] ??= DEFAULT_PATH;
  if (request.tty) config["environment.TERM"] ??= "xterm";
  const kubeadm = kubeadmOf(request, facts);
  if (request.privileged) {
    config[IMAGE_KIND_KEY] = kubeadm ? "kubeadm" : "kindest";
  }
  const { address } = facts;
  if (address) {
    // A system of its own asks for it by DHCP.
    if (!kubeadm) config["raw.lxc"] += `\n${rawLines(addressLines(address))}`;
    config[ADDRESS_KEY] = `${address.ipv4}/${address.prefix}`;
  }
  return kubeadm ? { ...made, kubeadm } : made;
}

/** The version of a kubeadm image whose own init is to run. */
function kubeadmOf(
  { entrypoint, args }: RunRequest,
  { image }: RunFacts,
): string | undefined {
  return entrypoint || args.length > 0 ? undefined : image.kubeadm;
}

async function place(
  client: IncusClient,
  name: string,
  plan: InstancePlan,
  request: RunRequest,
): Promise<InstanceChange> {
  if (!plan.kubeadm) return await placeLxcCommand(client, name, plan, request);
  const { placeKubeadmNode } = await import("./kubeadm_node.ts");
  return await placeKubeadmNode(client, name, plan, request);
}

/** The runtime sets the first interface up before the first process runs. */
function addressLines({ ipv4, prefix, gateway }: StaticAddress): string[] {
  return [
    `lxc.net.0.ipv4.address=${ipv4}/${prefix}`,
    `lxc.net.0.ipv4.gateway=${gateway}`,
  ];
}
