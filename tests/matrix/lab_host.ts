/**
 * Starting the lab's hosts.
 *
 * @module
 */
const LAB = new URL("../lab/lab", import.meta.url).pathname;

/**
 * Builds a host if need be, and starts it anew, with nothing on its server.
 *
 * @throws {Error} It doesn't start.
 */
export async function resetHost(host: string): Promise<void> {
  await lab("reset", host);
  await lab("up", host);
}

/** Where the lab keeps its things. */
export async function labFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(LAB, { args: ["env"] }).output();
  const text = new TextDecoder().decode(stdout);
  return /^KINI_LAB_DIR=(.*)$/m.exec(text)?.[1] ?? "";
}

async function lab(...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(LAB, {
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot do "lab ${args.join(" ")}"`);
}
