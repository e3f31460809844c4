/**
 * Background operations: wait, progress, cancel.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { IncusError } from "./errors.ts";
import type { OperationData } from "./types.ts";

/** How often a wait comes back to report progress, in seconds. */
const PROGRESS_INTERVAL = 1;

/** What {@linkcode Operation.wait} may be told. */
export interface WaitOptions {
  /** Gives up waiting and asks the server to cancel. */
  signal?: AbortSignal;
  /** Called with the server's own words about how far it is. */
  onProgress?: (text: string) => void;
}

/** A handle on one operation of the server. */
export class Operation {
  readonly id: string;
  /** The operation as the server last told it. */
  data: OperationData;
  readonly #client: IncusClient;

  constructor(client: IncusClient, data: OperationData) {
    this.#client = client;
    this.data = data;
    this.id = data.id;
  }

  /**
   * Waits until the operation is final and returns it.
   *
   * One request, unless progress is asked for: then one a second. A failed
   * operation throws an {@linkcode IncusError} with the server's text. Servers
   * before 6.12 answer the wait itself with an error in that case.
   */
  async wait(options: WaitOptions = {}): Promise<OperationData> {
    const { signal, onProgress } = options;
    try {
      while (this.data.status_code < 200) {
        this.data = await this.#waitOnce(signal, onProgress !== undefined);
        if (onProgress) reportProgress(this.data, onProgress);
      }
    } catch (error) {
      if (signal?.aborted) await this.cancel();
      throw error;
    }
    if (this.data.status_code !== 200) throw this.failure();
    return this.data;
  }

  /** One wait: to the end, or for a short while. */
  async #waitOnce(
    signal: AbortSignal | undefined,
    briefly: boolean,
  ): Promise<OperationData> {
    const path = `/1.0/operations/${this.id}`;
    const options = signal ? { signal } : {};
    try {
      return await this.#client.get<OperationData>(`${path}/wait`, {
        query: { timeout: briefly ? String(PROGRESS_INTERVAL) : "-1" },
        ...options,
      });
    } catch (error) {
      // Servers before 6.12 say in this way that the time is up.
      if (briefly && isDeadline(error)) {
        return await this.#client.get<OperationData>(path, options);
      }
      throw error;
    }
  }

  /** Waits, a minute at most, until the operation is over, however it ends. */
  async settle(): Promise<void> {
    const signal = AbortSignal.timeout(60_000);
    try {
      await this.#client.get(`/1.0/operations/${this.id}/wait`, {
        query: { timeout: "60" },
        signal,
      });
    } catch {
      // Over, or nobody knows of it any more.
    }
  }

  /** The error of an operation that ended badly. */
  failure(): IncusError {
    return new IncusError(
      400,
      `operation ${this.data.description}`,
      this.data.err || this.data.status,
    );
  }

  /** Asks the server to stop; an operation that can't be stopped goes on. */
  async cancel(): Promise<void> {
    try {
      await this.#client.request("DELETE", `/1.0/operations/${this.id}`, {
        signal: AbortSignal.timeout(5000),
      });
    } catch {
      // It has ended, or goes on: the caller has its own error to tell.
    }
  }
}

function isDeadline(error: unknown): boolean {
  return error instanceof IncusError &&
    error.message === "context deadline exceeded";
}

function reportProgress(
  data: OperationData,
  report: (text: string) => void,
): void {
  for (const [key, value] of Object.entries(data.metadata ?? {})) {
    if (key.endsWith("_progress") && typeof value === "string") report(value);
  }
}
