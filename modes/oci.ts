/**
 * OCI mode: a container becomes an OCI application container of Incus.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { InstancePlan, Mode, RunFacts } from "./mode.ts";
import { placeOciCommand } from "./oci_command.ts";
import { planInstance } from "./plan.ts";

/** Containers as OCI application containers. */
export const ociMode: Mode = {
  name: "oci",
  plan,
  place: placeOciCommand,
};

/** The image's user is left to the server, which looks it up when it makes the image. */
function plan(request: RunRequest, facts: RunFacts): InstancePlan {
  const made = planInstance(request, facts);
  const { workingDir } = made.record;
  if (workingDir) made.body.config["oci.cwd"] = workingDir;
  return made;
}
