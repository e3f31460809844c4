import { parseInteger } from "./integer.ts";

/** When docker starts a container again after its process ended. */
export interface RestartPolicy {
  readonly name: "no" | "always" | "unless-stopped" | "on-failure";
  /** Only for `on-failure`; 0 sets no limit. */
  readonly maximumRetryCount: number;
}

/**
 * Parses a value of `--restart`, as `on-failure:1`.
 *
 * @throws {SyntaxError} With a text of the docker command.
 * @throws {RangeError} With a text of docker's daemon.
 */
export function parseRestartPolicy(text: string): RestartPolicy {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  const count = colon < 0 ? "" : text.slice(colon + 1);
  if (colon === 0) {
    throw new SyntaxError(
      "invalid restart policy format: no policy provided before colon",
    );
  }
  const maximumRetryCount = count === "" ? 0 : readCount(count);
  switch (name) {
    case "":
      return { name: "no", maximumRetryCount };
    case "no":
    case "always":
    case "unless-stopped":
      if (maximumRetryCount !== 0) {
        const negative = maximumRetryCount < 0 ? " and cannot be negative" : "";
        throw new RangeError(
          `invalid restart policy: maximum retry count can only be used with 'on-failure'${negative}`,
        );
      }
      return { name, maximumRetryCount };
    case "on-failure":
      if (maximumRetryCount < 0) {
        throw new RangeError(
          "invalid restart policy: maximum retry count cannot be negative",
        );
      }
      return { name, maximumRetryCount };
  }
  throw new RangeError(
    `invalid restart policy: unknown policy '${name}'; ` +
      "use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
  );
}

function readCount(text: string): number {
  try {
    return parseInteger(text);
  } catch (cause) {
    throw new SyntaxError(
      "invalid restart policy format: maximum retry count must be an integer",
      { cause },
    );
  }
}
