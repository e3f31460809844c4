/**
 * Values of `create`'s and `run`'s flags, and docker's words when they are bad.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { flagValueError } from "../flags.ts";
import { createFlags } from "./create_flags.ts";

/**
 * A value that docker's client checks, under the flag's name.
 *
 * @throws {UsageError}
 */
export function flagValue<T>(
  name: keyof typeof createFlags,
  text: string,
  parse: (text: string) => T,
): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw flagValueError(createFlags, name, text, error);
    }
    throw refusal(error);
  }
}

/**
 * A value whose text stands alone after `docker: `.
 *
 * @throws {UsageError}
 */
export function value<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw refusal(error);
  }
}

/** SyntaxError: the client refuses. RangeError: the daemon would. */
function refusal(error: unknown): unknown {
  if (error instanceof SyntaxError) {
    return new UsageError(error.message, { subject: "value", cause: error });
  }
  if (error instanceof RangeError) {
    return new UsageError(`Error response from daemon: ${error.message}`, {
      subject: "value",
      cause: error,
    });
  }
  return error;
}
