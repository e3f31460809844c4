/**
 * Things that go wrong because a test says so.
 *
 * @module
 */
import { refused } from "./answers.ts";
import type { HttpAnswer } from "./http_server.ts";
import { matches, type RecordedRequest } from "./request.ts";

/** What happens instead of, or before, the proper answer. */
export type Fault =
  /** An error envelope; `http` is the HTTP status when that differs. */
  | { status: number; error: string; http?: number }
  /** The connection is closed without an answer. */
  | { drop: true }
  /** The proper answer comes when the promise has settled. */
  | { after: Promise<unknown> }
  /** This answer, word for word. */
  | { answer: HttpAnswer }
  /** The operation starts and then fails with this text. */
  | { operation: string; metadata?: Record<string, unknown> };

/** How an operation is to fail. */
export interface OperationFault {
  error: string;
  metadata?: Record<string, unknown>;
}

/** What a fault makes of a request. */
export interface FaultOutcome {
  answer?: HttpAnswer;
  operation?: OperationFault;
}

interface QueuedFault {
  pattern: string;
  fault: Fault;
  times: number;
}

/** Faults that wait for their request. */
export class FaultQueue {
  readonly #faults: QueuedFault[] = [];

  /** Queues a fault for the next `times` requests that fit `pattern`. */
  add(pattern: string, fault: Fault, times = 1): void {
    this.#faults.push({ pattern, fault, times });
  }

  /** Patterns of the faults that no request has met. */
  get left(): string[] {
    return this.#faults.map((one) => one.pattern);
  }

  /** What the first fault that fits makes of this request. */
  async take(request: RecordedRequest): Promise<FaultOutcome> {
    const at = this.#faults.findIndex((one) => matches(one.pattern, request));
    const found = this.#faults[at];
    if (!found) return {};
    if (--found.times <= 0) this.#faults.splice(at, 1);
    const { fault } = found;
    if ("drop" in fault) return { answer: "drop" };
    if ("answer" in fault) return { answer: fault.answer };
    if ("status" in fault) {
      return { answer: refused(fault.status, fault.error, fault.http) };
    }
    if ("operation" in fault) {
      const { operation: error, metadata } = fault;
      return { operation: { error, ...(metadata && { metadata }) } };
    }
    await fault.after;
    return {};
  }
}
