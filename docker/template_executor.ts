/**
 * Runs a parsed Go template on a value.
 *
 * @module
 */

import { printable } from "./go_print.ts";
import { quote } from "./go_quote.ts";
import {
  GoMap,
  GoScalar,
  GoSlice,
  type GoValue,
  isTrue,
  NilPointer,
} from "./go_value.ts";
import { Evaluator } from "./template_evaluator.ts";
import type { BranchNode, PipeNode, Statement } from "./template_node.ts";
import { type Execution, TemplateState } from "./template_state.ts";

/** How a statement ended, when not normally. */
type Jump = "break" | "continue" | undefined;

/** How deep templates may call each other. */
const DEPTH_LIMIT = 500;

/** Executes a template; the error carries the output written before it. */
export function execute(execution: Execution, data: GoValue): string {
  return new Executor(execution, data).run(data);
}

class Executor {
  readonly #state: TemplateState;
  readonly #evaluator: Evaluator;
  #depth = 0;

  constructor(execution: Execution, data: GoValue) {
    this.#state = new TemplateState(execution, data);
    this.#evaluator = new Evaluator(this.#state);
  }

  run(data: GoValue): string {
    const { name, set } = this.#state.execution;
    this.#walkAll(set.get(name) ?? [], data);
    return this.#state.out;
  }

  #walkAll(statements: readonly Statement[], dot: GoValue): Jump {
    for (const statement of statements) {
      const jump = this.#walk(statement, dot);
      if (jump) return jump;
    }
    return undefined;
  }

  #walk(statement: Statement, dot: GoValue): Jump {
    this.#state.node = statement;
    switch (statement.kind) {
      case "text":
        this.#state.out += statement.text;
        return undefined;
      case "action": {
        const value = this.#evaluator.pipe(statement.pipe, dot);
        if (statement.pipe.variables.length === 0) {
          this.#state.out += printable([value]);
        }
        return undefined;
      }
      case "break":
      case "continue":
        return statement.kind;
      case "template":
        this.#call(statement.name, statement.pipe, dot);
        return undefined;
    }
    const mark = this.#state.variables.length;
    const jump = statement.kind === "range"
      ? this.#range(statement, dot)
      : this.#branch(statement, dot);
    this.#state.variables.length = mark;
    return jump;
  }

  #branch(node: BranchNode, dot: GoValue): Jump {
    const value = this.#evaluator.pipe(node.pipe, dot);
    if (isTrue(value)) {
      return this.#walkAll(node.body, node.kind === "with" ? value : dot);
    }
    return this.#walkAll(node.otherwise ?? [], dot);
  }

  #range(node: BranchNode, dot: GoValue): Jump {
    const value = this.#evaluator.pipe(node.pipe, dot);
    const items = this.#items(node, value);
    if (items.length === 0) return this.#walkAll(node.otherwise ?? [], dot);
    const mark = this.#state.variables.length;
    for (const [key, element] of items) {
      this.#setRangeVariables(node.pipe, key, element);
      const jump = this.#walkAll(node.body, element);
      this.#state.variables.length = mark;
      if (jump === "break") break;
    }
    return undefined;
  }

  #items(node: BranchNode, value: GoValue): [GoValue, GoValue][] {
    const count = integerOf(value);
    if (count !== undefined) {
      if (node.pipe.variables.length > 1) {
        this.#state.fail(
          `can't use ${count} to iterate over more than one variable`,
        );
      }
      return Array.from({ length: Math.max(count, 0) }, (_, i) => [i, i]);
    }
    if (value === undefined || value instanceof NilPointer) return [];
    if (value instanceof GoSlice) {
      return value.values().map((item, position) => [position, item]);
    }
    if (value instanceof GoMap) {
      return value.keys.map((key) => [key, value.get(key)]);
    }
    this.#state.fail(`range can't iterate over ${printable([value])}`);
  }

  #setRangeVariables(pipe: PipeNode, key: GoValue, element: GoValue): void {
    const [first, second] = pipe.variables;
    const values = second ? [key, element] : [element];
    if (pipe.assigns) {
      if (first) this.#state.variable(first.name).value = values[0];
      if (second) this.#state.variable(second.name).value = values[1];
      return;
    }
    const start = this.#state.variables.length - pipe.variables.length;
    values.slice(0, pipe.variables.length).forEach((value, position) => {
      const variable = this.#state.variables[start + position];
      if (variable) variable.value = value;
    });
  }

  #call(name: string, pipe: PipeNode | undefined, dot: GoValue): void {
    const body = this.#state.execution.set.get(name);
    if (!body) this.#state.fail(`template ${quote(name)} not defined`);
    if (this.#depth >= DEPTH_LIMIT) {
      this.#state.fail(`exceeded maximum template depth (${DEPTH_LIMIT})`);
    }
    const argument = pipe && this.#evaluator.pipe(pipe, dot);
    const caller = {
      template: this.#state.template,
      variables: this.#state.variables,
    };
    this.#depth++;
    this.#state.template = name;
    this.#state.variables = [{ name: "$", value: argument }];
    this.#walkAll(body, argument);
    this.#depth--;
    this.#state.template = caller.template;
    this.#state.variables = caller.variables;
  }
}

function integerOf(value: GoValue): number | undefined {
  if (value instanceof GoScalar && /int/.test(value.kind)) {
    return Number(value.value);
  }
  return typeof value === "number" && Number.isInteger(value)
    ? value
    : undefined;
}
