/**
 * Whether the server can be reached, and what stands in the way.
 *
 * @module
 */
import { ConnectionError, IncusError } from "../../../incus/errors.ts";
import type { IncusClient } from "../../../incus/client.ts";
import { type Remote, socketCandidates } from "../../../incus/remote.ts";
import { socketGroup } from "../../../incus/socket_group.ts";
import type { Context } from "../../context.ts";

/** How the attempt to reach the server ended. */
export interface ConnectionFacts {
  /**
   * `absent`: there is no socket; `down`: nobody listens; `denied`: the user
   * may not use it; `silent`: no answer in time; `refused`: the server or the
   * settings say no.
   */
  readonly state:
    | "reached"
    | "absent"
    | "down"
    | "denied"
    | "silent"
    | "refused";
  /** In words of its own, or the socket when it was reached. */
  readonly text: string;
  /** The socket that was found, or the first that was tried. */
  readonly socket: string;
  /** The group that may use it. */
  readonly group: string;
  /** By HTTPS, so that the server's machine is none to judge from here. */
  readonly far?: boolean;
}

/** Milliseconds after which a server counts as silent. */
const PATIENCE = 5000;

/** Reaches the server, or says why not. */
export async function connect(
  ctx: Context,
): Promise<{ connection: ConnectionFacts; client?: IncusClient }> {
  let client: IncusClient | undefined;
  try {
    client = await ctx.incus();
    await withPatience(client.server());
    const { path: socket, https } = client.remote;
    const text = https?.addresses.join(", ") ?? socket;
    return {
      connection: { state: "reached", text, socket, group: "" },
      client,
    };
  } catch (error) {
    const facts = await explain(ctx, error, client?.remote);
    const far = client?.remote.https !== undefined;
    return { connection: { ...facts, ...(far && { far }) } };
  }
}

/** Rejects with a TimeoutError when it takes too long. */
export async function withPatience<T>(answer: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(PATIENCE);
  const late = Promise.withResolvers<never>();
  const listener = () => late.reject(signal.reason);
  signal.addEventListener("abort", listener);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    signal.removeEventListener("abort", listener);
  }
}

async function explain(
  ctx: Context,
  error: unknown,
  remote: Remote | undefined,
): Promise<ConnectionFacts> {
  const candidates = socketCandidates((name) => ctx.env(name));
  const first = candidates.find(({ path }) => path === remote?.path) ??
    candidates[0];
  const place = {
    socket: remote?.path ?? first?.path ?? "",
    group: first?.group ?? "",
  };
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return {
      state: "silent",
      text: `no answer in ${PATIENCE / 1000} seconds`,
      ...place,
    };
  }
  if (error instanceof IncusError) return { state: "refused", text, ...place };
  if (remote?.https || !(error instanceof ConnectionError)) {
    return { state: "refused", text, ...place };
  }
  for (const { path, group } of candidates) {
    const state = await tryToConnect(path);
    if (state === "absent") continue;
    // Where its folder may not be read, it is the group of most servers.
    return {
      state,
      text,
      socket: path,
      group: await socketGroup(path) ?? group,
    };
  }
  return { state: "absent", text, ...place };
}

async function tryToConnect(path: string): Promise<ConnectionFacts["state"]> {
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
    return "down";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    if (error instanceof Deno.errors.PermissionDenied) return "denied";
    return "down";
  }
}
