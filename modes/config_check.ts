/**
 * What reaches the container runtime is a file of lines, in which one more line
 * could run a program on the server's machine. Values come from images, too, so
 * none may bring a line of its own.
 *
 * @module
 */

const CONTROL = /[\r\n\0]/;

/** Whether a text is more than a line. */
export function hasLineBreak(text: string): boolean {
  return CONTROL.test(text);
}

/** Keys that the server only keeps. */
const KEPT = /^user\./;

/**
 * `raw.lxc` of single lines.
 *
 * @throws {RangeError} when one of them is more than a line.
 */
export function rawLines(lines: readonly string[]): string {
  for (const line of lines) {
    if (CONTROL.test(line)) throw broken(line.split("=", 1)[0]!, line);
  }
  return lines.join("\n");
}

/**
 * Checks an instance's configuration, whose `raw.lxc` is by
 * {@linkcode rawLines}, and its devices.
 *
 * @throws {RangeError} for a key or a value with a line break.
 */
export function checkConfig(
  config: Readonly<Record<string, string>>,
  devices: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): void {
  for (const [key, value] of Object.entries(config)) {
    if (CONTROL.test(key)) throw broken(key, key);
    if (key === "raw.lxc" || KEPT.test(key)) continue;
    if (CONTROL.test(value)) throw broken(key, value);
  }
  for (const device of Object.values(devices)) {
    for (const [key, value] of Object.entries(device)) {
      if (CONTROL.test(value)) throw broken(key, value);
    }
  }
}

function broken(key: string, value: string): RangeError {
  return new RangeError(
    `${JSON.stringify(value)} has a line break, which the server can't pass ` +
      `on in ${JSON.stringify(key)}: give the container another value`,
  );
}
