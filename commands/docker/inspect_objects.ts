/**
 * What the `inspect` commands have in common: find the objects, print those
 * that are there, and say which are not.
 *
 * @module
 */
import { renderInspect } from "../../docker/format.ts";
import type { GoStruct } from "../../docker/go_value.ts";
import { parseTemplate, TemplateError } from "../../docker/template.ts";
import type { Context } from "../context.ts";
import { type Deferred, renderDeferred } from "./deferred.ts";

/** An object that was found. */
export interface Inspected {
  /** Made anew each time, since deferred facts may have come in. */
  view(): GoStruct;
  deferred: readonly Deferred<unknown>[];
}

/** Some objects were missing or a template failed; what could be printed is in `stdout`. */
export class InspectError extends Error {
  override readonly name = "InspectError";
  readonly stdout: string;

  constructor(message: string, stdout: string, options?: ErrorOptions) {
    super(message, options);
    this.stdout = stdout;
  }
}

/**
 * Prints the objects behind `refs` in order.
 *
 * @param find Gives the object, or the line that says it is not there.
 */
export async function inspectObjects(
  ctx: Context,
  refs: readonly string[],
  format: string,
  find: (ref: string) => Promise<Inspected | string>,
): Promise<void> {
  checkTemplate(format);
  const found = await Promise.all(refs.map(find));
  const missing = found.filter((one) => typeof one === "string");
  const objects = found.filter((one) => typeof one !== "string");
  let output: string;
  try {
    output = await renderDeferred(
      objects.flatMap(({ deferred }) => deferred),
      () => renderInspect(objects.map((one) => one.view()), format),
    );
  } catch (error) {
    if (!(error instanceof TemplateError) || missing.length === 0) throw error;
    const lines = [...missing, error.message].join("\n");
    throw new InspectError(lines, error.stdout, { cause: error });
  }
  if (missing.length > 0) throw new InspectError(missing.join("\n"), output);
  await ctx.stdout.text(output);
}

/** A template that can't be read fails before anything is asked. */
function checkTemplate(format: string): void {
  if (format !== "" && format !== "json") {
    try {
      parseTemplate(format);
    } catch {
      renderInspect([], format);
    }
  }
}
