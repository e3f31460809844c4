/**
 * What changes while a template runs: the output, the variables and the node
 * that an error would point at.
 *
 * @module
 */

import { quote } from "./go_quote.ts";
import type { GoValue } from "./go_value.ts";
import { TemplateError } from "./template_error.ts";
import type { FunctionTable } from "./template_function.ts";
import { type Node, nodeText } from "./template_node.ts";
import type { TemplateSet } from "./template_parser.ts";

/** What an execution needs besides the data. */
export interface Execution {
  /** The name of the template that runs first. */
  readonly name: string;
  readonly source: string;
  readonly set: TemplateSet;
  readonly functions: FunctionTable;
  /** Whether a missing key of a map is an error. */
  readonly missingKeyError: boolean;
}

/** A variable; the innermost of a name hides the others. */
export interface Variable {
  readonly name: string;
  value: GoValue;
}

/** The state of one execution. */
export class TemplateState {
  readonly execution: Execution;
  /** The name of the template that is running. */
  template: string;
  variables: Variable[];
  /** The node that an error is reported at. */
  node: Node | undefined;
  out = "";

  constructor(execution: Execution, data: GoValue) {
    this.execution = execution;
    this.template = execution.name;
    this.variables = [{ name: "$", value: data }];
  }

  /** Ends the execution with an error at the current node. */
  fail(message: string, options?: ErrorOptions): never {
    const place = this.node === undefined
      ? this.execution.name
      : `${this.#location(this.node.at)}: executing ${
        quote(this.template)
      } at <${nodeText(this.node)}>`;
    throw new TemplateError(
      `template: ${place}: ${message}`,
      1,
      this.out,
      options,
    );
  }

  #location(at: number): string {
    const lines = this.execution.source.slice(0, at).split("\n");
    const column = new TextEncoder().encode(lines.at(-1)).length;
    return `${this.execution.name}:${lines.length}:${column}`;
  }

  /** The innermost variable of this name. */
  variable(name: string): Variable {
    const variable = this.variables.findLast((one) => one.name === name);
    if (!variable) this.fail(`undefined variable: ${name}`);
    return variable;
  }
}
