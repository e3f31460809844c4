import type { Context } from "../context.ts";

/**
 * Asks on stdout, and reads a line of stdin; only `y` and `Y` say yes, as with
 * docker.
 */
export async function confirm(
  ctx: Context,
  question: string,
): Promise<boolean> {
  await ctx.stdout.text(`${question} [y/N] `);
  const buffer = new Uint8Array(1);
  const decoder = new TextDecoder();
  let answer = "";
  while (await ctx.stdin.read(buffer) !== null) {
    const text = decoder.decode(buffer, { stream: true });
    if (text === "\n") break;
    answer += text;
  }
  return /^y$/i.test(answer.trim());
}
