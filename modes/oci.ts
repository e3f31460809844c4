/**
 * OCI mode: a container becomes an OCI application container of Incus.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import type { InstancePlan, Mode, RunFacts, StaticAddress } from "./mode.ts";
import { placeOciCommand } from "./oci_command.ts";
import { planInstance } from "./plan.ts";
import { resolverConfig } from "./resolver.ts";

/** Containers as OCI application containers. */
export const ociMode: Mode = {
  name: "oci",
  plan,
  place: placeOciCommand,
  chooseAddress: keepAddress,
};

/**
 * An address for a container that is to come back when the machine does: the
 * server reserves it for good, where a lease would end. Others get one by
 * lease, which takes fewer requests.
 */
async function keepAddress(
  client: IncusClient,
  request: RunRequest,
  { network }: RunFacts,
  taken: ReadonlySet<string>,
): Promise<StaticAddress | undefined> {
  if (request.restart.name === "no") return undefined;
  const { chooseAddress } = await import("./lxc_address.ts");
  return await chooseAddress(client, request, network, taken, true);
}

/** The image's user is left to the server, which looks it up when it makes the image. */
function plan(request: RunRequest, facts: RunFacts): InstancePlan {
  const made = planInstance(request, facts);
  const { workingDir } = made.record;
  if (workingDir) made.body.config["oci.cwd"] = workingDir;
  Object.assign(made.body.config, resolverConfig(request, facts.server));
  return made;
}
