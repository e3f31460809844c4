/**
 * Go's text/template with docker's functions, for `--format`.
 *
 * @module
 */

import { type GoInput, goValue } from "./go_value.ts";
import { BUILTINS } from "./template_builtins.ts";
import { execute } from "./template_executor.ts";
import type { FunctionTable } from "./template_function.ts";
import { DOCKER_FUNCTIONS } from "./template_functions.ts";
import { parseTemplateText, type TemplateSet } from "./template_parser.ts";

export { TemplateError } from "./template_error.ts";

/** How a template is executed. */
export interface ExecuteOptions {
  /** What a missing key of a map is: no value (the default) or an error. */
  readonly missingKey?: "default" | "error";
  /** Functions that replace those of the same name. */
  readonly functions?: FunctionTable;
}

/** A parsed template. */
export class Template {
  readonly #name: string;
  readonly #source: string;
  readonly #functions: FunctionTable;
  readonly #set: TemplateSet;

  constructor(name: string, source: string, functions: FunctionTable) {
    this.#name = name;
    this.#source = source;
    this.#functions = functions;
    this.#set = parseTemplateText(
      name,
      source,
      (used) => Object.hasOwn(functions, used),
    );
  }

  /** The text for a value; throws a {@linkcode TemplateError}. */
  execute(data: GoInput, options: ExecuteOptions = {}): string {
    return execute({
      name: this.#name,
      source: this.#source,
      set: this.#set,
      functions: { ...this.#functions, ...options.functions },
      missingKeyError: options.missingKey === "error",
    }, goValue(data));
  }
}

/**
 * Parses a template; throws a {@linkcode TemplateError} with Go's text. The name
 * appears in errors only; `functions` are added to docker's.
 */
export function parseTemplate(
  source: string,
  options: { name?: string; functions?: FunctionTable } = {},
): Template {
  const functions = { ...BUILTINS, ...DOCKER_FUNCTIONS, ...options.functions };
  return new Template(options.name ?? "", source, functions);
}
