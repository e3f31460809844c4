/**
 * Code for shells that puts a folder first in PATH, and takes it out again.
 *
 * @module
 */

/** The shells that there is code for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** What the code is made for. */
export interface Activation {
  shell: Shell;
  /** The value of PATH when the code is made; the shell that asks has it too. */
  path: string;
  /** The folder with the links. */
  folder: string;
  /** The kini that undoes it. */
  kini: string;
}

/** Code that puts the folder first in PATH, once, and defines `kini_deactivate`. */
export function activationCode(activation: Activation): string {
  const { shell, folder, kini } = activation;
  const path = [folder, ...others(activation)];
  const undo = `${quoted(shell, kini)} setup activate --undo ${shell}`;
  return shell === "fish"
    ? `set -gx PATH ${path.map((one) => quoted(shell, one)).join(" ")}\n` +
      `function kini_deactivate; ${undo} | source; end\n`
    : `export PATH=${quoted(shell, path.join(":"))}\nhash -r\n` +
      `kini_deactivate() { eval "$(${undo})"; }\n`;
}

/** Code that takes the folder out of PATH again. */
export function deactivationCode(
  activation: Omit<Activation, "kini">,
): string {
  const { shell } = activation;
  const path = others(activation);
  return shell === "fish"
    ? `set -gx PATH ${path.map((one) => quoted(shell, one)).join(" ")}\n` +
      "functions -e kini_deactivate\n"
    : `export PATH=${quoted(shell, path.join(":"))}\nhash -r\n` +
      "unset -f kini_deactivate\n";
}

function others({ path, folder }: Omit<Activation, "kini">): string[] {
  // An empty PATH has no folder; one more colon would mean the current folder.
  return path === "" ? [] : path.split(":").filter((one) => one !== folder);
}

/** Text between single quotes means itself; each shell has its way to end them. */
function quoted(shell: Shell, text: string): string {
  return shell === "fish"
    ? `'${text.replace(/[\\']/g, "\\$&")}'`
    : `'${text.replaceAll("'", "'\\''")}'`;
}
