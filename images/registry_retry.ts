import { RegistryError } from "./registry_error.ts";

/** How {@linkcode retrying} waits. */
export interface RetryOptions {
  signal: AbortSignal;
  /** Waits for so many milliseconds, or until the signal is aborted. */
  sleep?:
    | ((milliseconds: number, signal: AbortSignal) => Promise<void>)
    | undefined;
}

const TRIES = 5;
const FIRST_PAUSE = 1000;
/** A registry that wants to be left alone for longer is the user's to wait for. */
const LONGEST_PAUSE = 60_000;

/**
 * Tries until it is done, at most five times in a row without getting
 * further, with a pause that doubles, or the one that the registry asks for.
 *
 * @param isFurther whether the last try got some way before it failed.
 */
export async function retrying<T>(
  options: RetryOptions,
  attempt: () => Promise<T>,
  { worthwhile = isTransient, isFurther = () => false }: {
    worthwhile?: (error: unknown) => boolean;
    isFurther?: () => boolean;
  } = {},
): Promise<T> {
  const { signal, sleep = pause } = options;
  for (let tries = 1;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (isFurther()) tries = 1;
      const wait = pauseAfter(error, tries);
      if (tries >= TRIES || wait > LONGEST_PAUSE || !worthwhile(error)) {
        throw error;
      }
      await sleep(wait, signal);
    }
  }
}

/** Whether the registry itself says that it may do better in a while. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { kind, status = 0, retryAfter } = error;
  return kind === "rate-limited"
    // Without a time it is a quota, which may be full for hours.
    ? retryAfter !== undefined
    : kind === "status" && (status === 408 || status >= 500);
}

/** As {@linkcode isTransient}, and a connection that broke. */
export function isBroken(error: unknown): boolean {
  return isTransient(error) ||
    (error instanceof RegistryError && error.kind === "network");
}

function pauseAfter(error: unknown, tries: number): number {
  const asked = error instanceof RegistryError ? error.retryAfter : undefined;
  return asked ?? FIRST_PAUSE * 2 ** (tries - 1);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
  });
}
