/**
 * Making a container.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { isAlreadyExists, isBusy } from "../incus/errors.ts";
import { createInstance, patchInstance } from "../incus/instances.ts";
import { checkConfig } from "./config_check.ts";
import { findInstance } from "./containers.ts";
import { ID_KEY } from "./keys.ts";
import { isAddressTaken, mustYield } from "./lxc_address.ts";
import type { InstancePlan, Mode, RunFacts } from "./mode.ts";
import { removeOwn } from "./remove.ts";
import { unprivilegedWarnings } from "./unprivileged.ts";
import { withInstance } from "./with_instance.ts";

/** A name that is taken, and by what. */
export class NameConflict extends Error {
  override readonly name = "NameConflict";
  /** The container's id, or empty when a foreign instance has the name. */
  readonly holder: string;

  constructor(holder: string) {
    super("the name is already in use");
    this.holder = holder;
  }
}

/** A container that was made and is not started yet. */
export interface CreatedContainer {
  id: string;
  /** The instance's name. */
  name: string;
  plan: InstancePlan;
  /** What its user should know; a start adds to it. */
  warnings: string[];
}

/**
 * Makes the instance of a request and puts its first program in place.
 *
 * What fails after the instance is made takes it away again.
 *
 * @throws {NameConflict} when the name is taken.
 */
export async function createContainer(
  client: IncusClient,
  mode: Mode,
  request: RunRequest,
  facts: RunFacts,
  signal: AbortSignal,
): Promise<CreatedContainer> {
  const plan = await createPlanned(client, mode, request, facts, signal);
  const { name } = plan.body;
  try {
    const change = await mode.place(client, name, plan, request);
    checkConfig(change.config ?? {}, change.devices);
    try {
      await patchInstance(client, name, change);
    } catch (error) {
      // The server still tidies up after the last one of this name.
      if (!isBusy(error)) throw error;
      await withInstance(
        client,
        name,
        () => patchInstance(client, name, change),
      );
    }
  } catch (error) {
    await removeOwn(client, name, facts.id);
    throw error;
  }
  const warnings = unprivilegedWarnings(request, facts);
  return { id: facts.id, name, plan, warnings };
}

/**
 * Makes the instance. An address that somebody else has got meanwhile is
 * chosen anew.
 */
async function createPlanned(
  client: IncusClient,
  mode: Mode,
  request: RunRequest,
  facts: RunFacts,
  signal: AbortSignal,
): Promise<InstancePlan> {
  const { id, network } = facts;
  const taken = new Set<string>();
  while (true) {
    const address = await mode.chooseAddress?.(client, request, facts, taken);
    const plan = mode.plan(request, address ? { ...facts, address } : facts);
    const { name } = plan.body;
    checkConfig(plan.body.config ?? {}, plan.body.devices);
    try {
      await createInstance(client, plan.body, {
        signal,
        ...(facts.target && { target: facts.target }),
      });
    } catch (error) {
      if (isAlreadyExists(error)) throw await nameConflict(client, name);
      // Interrupted or half-way refused: the instance may be there all the same.
      await removeOwn(client, name, id);
      if (!address || request.ipv4 || !isAddressTaken(error)) throw error;
      taken.add(address.ipv4);
      continue;
    }
    if (
      !address || request.ipv4 ||
      !await mustYield(client, network.serverNetwork, name, address)
    ) return plan;
    await removeOwn(client, name, id);
    taken.add(address.ipv4);
  }
}

async function nameConflict(
  client: IncusClient,
  name: string,
): Promise<NameConflict> {
  const holder = await findInstance(client, name);
  return new NameConflict(holder ? holder.config[ID_KEY]! : "");
}
