/**
 * What a container has printed: from its first byte, and as it goes on.
 *
 * @module
 */
import { delay } from "../incus/delay.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError, isNotFound } from "../incus/errors.ts";
import { consoleLog, instancePath } from "../incus/instances.ts";
import type { Instance } from "../incus/types.ts";
import { CONSOLE_LOG } from "./raw_lxc.ts";

/** How often a followed log is asked for more, in milliseconds. */
const POLL_INTERVAL = 150;
/** How many empty answers come before the container's state is looked at. */
const POLLS_PER_STATE = 2;
/** How often a log may break off before that is an error. */
const MAX_TRIES = 5;

/** A container's log. */
export class ContainerLog {
  readonly #client: IncusClient;
  readonly #name: string;
  #offset = 0;
  #first: Response | undefined;
  /** When the log was last written to; unknown where the server doesn't say. */
  readonly lastWritten: Date | undefined;

  private constructor(
    client: IncusClient,
    name: string,
    first: Response,
  ) {
    this.#client = client;
    this.#name = name;
    this.#first = first;
    const written = first.ok ? first.headers.get("Last-Modified") : null;
    this.lastWritten = written ? new Date(written) : undefined;
  }

  /**
   * Opens the log of an instance.
   *
   * A log that was never written, or that the server threw away, is no error:
   * the server's own buffer of the console takes its place.
   */
  static async open(
    client: IncusClient,
    name: string,
  ): Promise<ContainerLog> {
    return new ContainerLog(client, name, await fetchLog(client, name, 0));
  }

  /** Drops a log that is not read any further. */
  async close(): Promise<void> {
    await this.#first?.body?.cancel();
    this.#first = undefined;
  }

  /** Skips what is there already. */
  async skip(): Promise<void> {
    for await (const _ of this.rest()) {
      // Only the place counts.
    }
  }

  /** What has come since the last call; at first, all there is. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let tries = 1;; tries++) {
      const reply = await this.#reply();
      if (!reply?.body) return;
      const fromFile = reply.headers.has("Accept-Ranges");
      try {
        for await (const chunk of reply.body) {
          if (fromFile) this.#offset += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        // A log that starts anew while it is sent ends too early; what the
        // server has now follows with the next request.
        if (!(error instanceof TypeError) || tries === MAX_TRIES) throw error;
      }
    }
  }

  /** The next answer with something in it. */
  async #reply(): Promise<Response | undefined> {
    const reply = this.#first ??
      await fetchLog(this.#client, this.#name, this.#offset);
    this.#first = undefined;
    if (reply.ok) return reply;
    const text = await reply.text();
    if (reply.status === 416) this.#startAnew(reply);
    else if (reply.status === 404) return await this.#console();
    else throw new IncusError(reply.status, "GET logs", text);
    return undefined;
  }

  /**
   * The server's own buffer, where there is no log file: in a project that
   * allows none, or before the first start. It gives each byte once, and fails
   * where it was turned off in favour of the file.
   */
  async #console(): Promise<Response | undefined> {
    const reply = await consoleLog(this.#client, this.#name);
    if (reply.ok) return reply;
    await reply.body?.cancel();
    return undefined;
  }

  /** Everything, then what comes, until the container has stopped. */
  async *follow(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let idle = POLLS_PER_STATE;
    while (true) {
      let any = false;
      for await (const chunk of this.rest()) {
        any = true;
        yield chunk;
      }
      idle = any ? 0 : idle + 1;
      if (idle >= POLLS_PER_STATE) {
        idle = 0;
        if (!await this.#running()) return yield* this.rest();
      }
      await delay(POLL_INTERVAL, signal);
    }
  }

  /** Nothing new, or less than before: a log that grew too long starts anew. */
  #startAnew(reply: Response): void {
    const size = /\/(\d+)$/.exec(reply.headers.get("Content-Range") ?? "")?.[1];
    if (size !== undefined && Number(size) < this.#offset) this.#offset = 0;
  }

  async #running(): Promise<boolean> {
    try {
      const instance = await this.#client.get<Instance>(
        instancePath(this.#name),
      );
      return instance.status !== "Stopped" && instance.status !== "Error";
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

function fetchLog(
  client: IncusClient,
  name: string,
  offset: number,
): Promise<Response> {
  return client.raw("GET", `${instancePath(name)}/logs/${CONSOLE_LOG}`, {
    ...(offset > 0 && { headers: { Range: `bytes=${offset}-` } }),
  });
}
