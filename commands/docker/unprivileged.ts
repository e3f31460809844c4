/**
 * The user's word on privileged containers.
 *
 * @module
 */
import { parseGoBoolean } from "../flags.ts";

const VARIABLE = "KINI_UNPRIVILEGED";

/**
 * Whether `KINI_UNPRIVILEGED` asks for containers without privileges.
 *
 * @throws {RangeError} When it is neither yes nor no.
 */
export function wantsUnprivileged(
  env: (name: string) => string | undefined,
): boolean {
  const text = env(VARIABLE) ?? "";
  switch (text.toLowerCase()) {
    case "":
    case "no":
      return false;
    case "yes":
      return true;
  }
  const value = parseGoBoolean(text);
  if (value === undefined) {
    throw new RangeError(
      `${VARIABLE} is ${
        JSON.stringify(text)
      }: use "true" or "false", or unset it`,
    );
  }
  return value;
}
