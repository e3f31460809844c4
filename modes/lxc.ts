/**
 * LXC mode: a container becomes an ordinary system container of Incus or LXD,
 * whose first process is docker's command instead of an init system.
 *
 * Its image is the docker image's file system alone, so what docker's runtime
 * takes from the image's configuration is given to the container runtime here.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import { rawLines } from "./config_check.ts";
import { ADDRESS_KEY } from "./keys.ts";
import { chooseAddress } from "./lxc_address.ts";
import { placeLxcCommand } from "./lxc_command.ts";
import type { InstancePlan, Mode, RunFacts, StaticAddress } from "./mode.ts";
import { planInstance } from "./plan.ts";

/** Containers as system containers. */
export const lxcMode: Mode = {
  name: "lxc",
  plan,
  place: placeLxcCommand,
  chooseAddress: (client, request, network, taken) =>
    chooseAddress(client, request, network, taken),
};

/** What a process gets without a PATH in its image. */
const DEFAULT_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function plan(request: RunRequest, facts: RunFacts): InstancePlan {
  const made = planInstance(request, facts);
  const { config } = made.body;
  config["environment.PATH"] ??= DEFAULT_PATH;
  if (request.tty) config["environment.TERM"] ??= "xterm";
  const { address } = facts;
  if (address) {
    config["raw.lxc"] += `\n${rawLines(addressLines(address))}`;
    config[ADDRESS_KEY] = `${address.ipv4}/${address.prefix}`;
  }
  return made;
}

/** The runtime sets the first interface up before the first process runs. */
function addressLines({ ipv4, prefix, gateway }: StaticAddress): string[] {
  return [
    `lxc.net.0.ipv4.address=${ipv4}/${prefix}`,
    `lxc.net.0.ipv4.gateway=${gateway}`,
  ];
}

const IMAGES_VARIABLE = "KINI_LXC_IMAGES";

/**
 * Checks which images LXC mode is to be made of. `kindest`, the only ones so
 * far, are docker's own: flattened, and started by their own entrypoint.
 *
 * @throws {RangeError} when others are asked for.
 */
export function checkImagesSetting(value: string | undefined): void {
  if (!value || value === "kindest") return;
  if (value === "kubeadm") {
    throw new RangeError(
      `${IMAGES_VARIABLE}=kubeadm is not available in this version of kini: ` +
        "unset it, and nodes are made of kindest/node images",
    );
  }
  throw new RangeError(
    `${IMAGES_VARIABLE} is ${
      JSON.stringify(value)
    }: use "kindest", or unset it`,
  );
}
