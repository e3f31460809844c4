/**
 * One action on several containers.
 *
 * @module
 */
import { IncusError } from "../../incus/errors.ts";
import type { Context } from "../context.ts";
import { ExitError } from "../errors.ts";
import { reportError } from "../report.ts";

/** What {@linkcode forEachContainer} may be told. */
export interface EachOptions {
  /** Docker's own order: some commands do one after the other. */
  sequential?: boolean;
  /** True for an error that is told but does not count. */
  harmless?: (error: unknown) => boolean;
}

/**
 * Runs `action` on every container and prints their names in the order given.
 *
 * As docker: one container's error does not keep the others; the errors come
 * last, and then the exit code is 1.
 */
export async function forEachContainer(
  ctx: Context,
  refs: readonly string[],
  action: (ref: string) => Promise<string | void>,
  options: EachOptions = {},
): Promise<void> {
  const { sequential, harmless } = options;
  const errors: unknown[] = [];
  const running: Promise<Outcome>[] = [];
  if (!sequential) {
    for (const ref of refs) running.push(outcome(action, ref));
  }
  for (const [index, ref] of refs.entries()) {
    const { value, error } = await (running[index] ?? outcome(action, ref));
    if (error === undefined) await ctx.stdout.line(value ?? ref);
    else if (harmless?.(error)) await printError(ctx, error);
    else errors.push(error);
  }
  if (errors.length === 0) return;
  for (const error of errors) await printError(ctx, error);
  throw new ExitError(1);
}

interface Outcome {
  value?: string | undefined;
  error?: unknown;
}

async function outcome(
  action: (ref: string) => Promise<string | void>,
  ref: string,
): Promise<Outcome> {
  try {
    return { value: await action(ref) ?? undefined };
  } catch (error) {
    return { error };
  }
}

/** Prints an error as if it had ended the command. */
export async function printError(ctx: Context, error: unknown): Promise<void> {
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  const { text } = await reportError(error, { path: ctx.program });
  await ctx.stderr.text(text);
}

/** The same refusal with words before it. */
export function withPrefix(prefix: string, error: unknown): unknown {
  if (!(error instanceof IncusError)) return error;
  return new IncusError(
    error.status,
    error.request,
    `${prefix}${error.message}`,
  );
}
