/**
 * Starting one container, with docker's words when it can't be.
 *
 * @module
 */
import type { IncusClient } from "../../incus/client.ts";
import { requireInstance } from "../../modes/container_errors.ts";
import { containerFrom } from "../../modes/containers.ts";
import { removeOnStop } from "../../modes/remove.ts";
import { createdFrom, startStopped } from "../../modes/start.ts";
import type { Context } from "../context.ts";
import { freePort } from "./free_port.ts";
import { explainStart, withRuntimeLog } from "./start_failure.ts";

/**
 * Starts a container; one that runs already is left alone.
 *
 * @param attached somebody reads its exit code, and removes it then if asked.
 */
export async function startOne(
  ctx: Context,
  client: IncusClient,
  ref: string,
  attached = false,
): Promise<void> {
  let started: Awaited<ReturnType<typeof startStopped>>;
  try {
    started = await startStopped(client, ref, freePort, ctx.signal);
  } catch (error) {
    const instance = await requireInstance(client, ref);
    throw await withRuntimeLog(client, createdFrom(instance), error);
  }
  if (!started) return;
  await explainStart(client, started.created, containerFrom(started.instance));
  // Whoever made it may be attached to it.
  if (!attached && !started.created.plan.record.attach) {
    await removeOnStop(client, started.created);
  }
}
