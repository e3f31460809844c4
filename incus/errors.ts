/**
 * What the server refused, by class and status.
 *
 * @module
 */

/** A refusal by the server: of a request (HTTP status) or of an operation (400). */
export class IncusError extends Error {
  override readonly name = "IncusError";
  /** HTTP status of the reply, or 400 for an operation that failed. */
  readonly status: number;
  /** `METHOD /path` of the request, without its query. */
  readonly request: string;

  constructor(status: number, request: string, text: string) {
    super(text);
    this.status = status;
    this.request = request;
  }
}

/** The server can't be reached at all; the message says what was tried. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** True when `error` says that the thing asked for does not exist. */
export function isNotFound(error: unknown): error is IncusError {
  return error instanceof IncusError && error.status === 404;
}

/**
 * True when an image of the server's store is no longer there. It may be the
 * failure of a request or of an operation, with the same text.
 */
export function isImageGone(error: unknown): error is IncusError {
  return error instanceof IncusError &&
    /^Image not found\.?$/i.test(error.message);
}

/**
 * True when a port that a proxy device should listen on is taken.
 *
 * The server wraps the kernel's words into the text of a failed operation and
 * gives no class of its own, so this is one of the few places that look at it.
 */
export function isAddressInUse(error: unknown): boolean {
  return error instanceof IncusError &&
    /address already in use/i.test(error.message);
}

/**
 * True when an instance of that name is there already: 409 from newer servers,
 * 500 or a failed operation with these words from the others.
 */
export function isAlreadyExists(error: unknown): boolean {
  return error instanceof IncusError &&
    (error.status === 409 || /already exists/i.test(error.message));
}

/** Another operation holds the instance; the server has no class for it. */
export function isBusy(error: unknown): boolean {
  return error instanceof IncusError &&
    /is busy running|busy with|create operation/i.test(error.message);
}

/** True when a stop was refused since there is nothing left to stop. */
export function isAlreadyStopped(error: unknown): boolean {
  return error instanceof IncusError &&
    /already stopped|isn't running|not running/i.test(error.message);
}

/** True when a delete was refused because the instance runs. */
export function isRunningRefusal(error: unknown): boolean {
  return error instanceof IncusError && error.status === 400 &&
    /is running/i.test(error.message) && !/not running/i.test(error.message);
}

/** True when a start was refused since the instance runs. */
export function isAlreadyRunning(error: unknown): boolean {
  return error instanceof IncusError &&
    /instance is already running/.test(error.message);
}

/** True when the program that forwards a port ended, and the server can't say why. */
export function isForwarderLost(error: unknown): boolean {
  return error instanceof IncusError &&
    /Failed to receive fd from listener process/.test(error.message);
}

/** True when the container runtime could not make or start a container. */
export function isRuntimeFailure(error: unknown): boolean {
  return error instanceof IncusError &&
    /Failed to run: .*fork(lxc|start) /.test(error.message);
}
