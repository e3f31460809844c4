/**
 * Evaluates the pipelines of a Go template.
 *
 * @module
 */

import { printable } from "./go_print.ts";
import { quote } from "./go_quote.ts";
import {
  GoMap,
  type GoMethod,
  GoScalar,
  GoStruct,
  type GoValue,
  goValue,
  isTrue,
  NilPointer,
  typeName,
  unbox,
} from "./go_value.ts";
import { BUILTINS } from "./template_builtins.ts";
import { CallError } from "./template_error.ts";
import type { ParameterType, TemplateFunction } from "./template_function.ts";
import {
  type ChainNode,
  type CommandNode,
  type Node,
  nodeText,
  type NumberNode,
  type Operand,
  type PipeNode,
  type VariableNode,
} from "./template_node.ts";
import type { TemplateState } from "./template_state.ts";

/** Stands for the value piped into the first command of a pipeline. */
const NOTHING = Symbol("nothing piped");

type Piped = GoValue | typeof NOTHING;

/** Evaluates pipelines against a state. */
export class Evaluator {
  readonly #state: TemplateState;

  constructor(state: TemplateState) {
    this.#state = state;
  }

  /** The value of a pipeline, which also sets the variables it declares. */
  pipe(pipe: PipeNode, dot: GoValue): GoValue {
    this.#state.node = pipe;
    let value: Piped = NOTHING;
    for (const command of pipe.commands) {
      value = unbox(this.#command(command, dot, value));
    }
    const result = value === NOTHING ? undefined : value;
    for (const { name } of pipe.variables) {
      if (pipe.assigns) this.#state.variable(name).value = result;
      else this.#state.variables.push({ name, value: result });
    }
    return result;
  }

  #command(command: CommandNode, dot: GoValue, piped: Piped): GoValue {
    const [first, ...args] = command.operands;
    if (!first) return undefined;
    switch (first.kind) {
      case "field":
        this.#state.node = first;
        return this.#fields(dot, first, first.names, dot, args, piped);
      case "variable":
        return this.#variable(first, dot, args, piped);
      case "chain":
        return this.#chain(first, dot, args, piped);
      case "function":
        this.#state.node = first;
        return this.#function(first.name, command, dot, args, piped);
      case "pipe":
        this.#notFunction(first, args, piped);
        return this.pipe(first, dot);
      case "nil":
        this.#state.node = first;
        this.#notFunction(first, args, piped);
        return this.#fail("nil is not a command");
    }
    this.#state.node = first;
    this.#notFunction(first, args, piped);
    return this.#operand(first, dot);
  }

  #notFunction(node: Node, args: readonly Operand[], piped: Piped): void {
    if (args.length === 0 && piped === NOTHING) return;
    this.#fail(`can't give argument to non-function ${nodeText(node)}`);
  }

  /** The value of an operand whose type nothing asks for. */
  #operand(node: Operand, dot: GoValue): GoValue {
    switch (node.kind) {
      case "dot":
        return dot;
      case "nil":
        return undefined;
      case "bool":
      case "string":
        return node.value;
      case "number":
        return this.#constant(node);
      case "field":
        this.#state.node = node;
        return this.#fields(dot, node, node.names, dot, [], NOTHING);
      case "variable":
        return this.#variable(node, dot, [], NOTHING);
      case "chain":
        return this.#chain(node, dot, [], NOTHING);
      case "function":
        this.#state.node = node;
        return this.#function(node.name, node, dot, [], NOTHING);
      case "pipe":
        return this.pipe(node, dot);
    }
  }

  #variable(
    node: VariableNode,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    this.#state.node = node;
    const variable = this.#state.variable(node.name);
    if (node.names.length === 0) {
      this.#notFunction(node, args, piped);
      return variable.value;
    }
    return this.#fields(variable.value, node, node.names, dot, args, piped);
  }

  #chain(
    node: ChainNode,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    this.#state.node = node.operand;
    const value = this.#operand(node.operand, dot);
    return this.#fields(value, node, node.names, dot, args, piped);
  }

  #fields(
    receiver: GoValue,
    node: Node,
    names: readonly string[],
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    let value = receiver;
    names.forEach((name, position) => {
      const last = position === names.length - 1;
      value = last
        ? this.#field(value, name, node, dot, args, piped)
        : this.#field(value, name, node, dot, [], NOTHING);
    });
    return value;
  }

  #field(
    receiver: GoValue,
    name: string,
    node: Node,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    const type = typeName(receiver);
    if (receiver === undefined) {
      if (!this.#state.execution.missingKeyError) return undefined;
      this.#fail(`nil data; no entry for key ${quote(name)}`);
    }
    const value = unbox(receiver);
    if (value === undefined || value instanceof NilPointer) {
      this.#fail(`nil pointer evaluating ${type}.${name}`);
    }
    const hasArguments = args.length > 0 || piped !== NOTHING;
    if (value instanceof GoStruct || value instanceof GoMap) {
      const method = Object.hasOwn(value.methods, name)
        ? value.methods[name]
        : undefined;
      if (method) {
        const bound = methodFunction(method);
        return this.#invoke(bound, name, node, dot, args, piped);
      }
    }
    if (value instanceof GoStruct) {
      const field = value.field(name);
      if (field) {
        if (hasArguments) this.#failField(value, name, args.length, piped);
        return value.get(field);
      }
    } else if (value instanceof GoMap && stringKeys(value)) {
      if (hasArguments) this.#fail(`${name} is not a method but has arguments`);
      const element = value.get(name);
      if (element === undefined && this.#state.execution.missingKeyError) {
        this.#fail(`map has no entry for key ${quote(name)}`);
      }
      return element;
    }
    this.#fail(`can't evaluate field ${name} in type ${type}`);
  }

  /** A field was given arguments; those of rows are methods in docker. */
  #failField(
    struct: GoStruct,
    name: string,
    written: number,
    piped: Piped,
  ): never {
    if (struct.style === "row") {
      const given = written + (piped === NOTHING ? 0 : 1);
      this.#fail(`wrong number of args for ${name}: want 0 got ${given}`);
    }
    this.#fail(`${name} has arguments but cannot be invoked as function`);
  }

  #function(
    name: string,
    node: Node,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    const { functions } = this.#state.execution;
    const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!found) this.#fail(`${quote(name)} is not a defined function`);
    return this.#invoke(found, name, node, dot, args, piped);
  }

  #invoke(
    called: TemplateFunction,
    name: string,
    node: Node,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    this.#checkCount(called, name, args.length, piped);
    if (name === "and" || name === "or") {
      return this.#junction(name === "or", dot, args, piped);
    }
    const values = args.map((arg, position) =>
      this.#argument(arg, parameter(called, position), dot)
    );
    if (piped !== NOTHING) {
      values.push(this.#checked(piped, parameter(called, args.length)));
    }
    if (name === "call" && called === BUILTINS["call"]) {
      values.unshift(args[0] ? nodeText(args[0]) : printable([values[0]]));
    }
    try {
      return called.call(...values);
    } catch (error) {
      // A RangeError is JavaScript's for a text that would be too long.
      const expected = error instanceof CallError ||
        error instanceof RangeError;
      if (!expected) throw error;
      this.#state.node = node;
      this.#fail(`error calling ${name}: ${error.message}`, { cause: error });
    }
  }

  #checkCount(
    called: TemplateFunction,
    name: string,
    written: number,
    piped: Piped,
  ): void {
    const given = written + (piped === NOTHING ? 0 : 1);
    const wanted = called.parameters.length;
    if (called.variadic) {
      if (given >= wanted - 1) return;
      this.#fail(
        `wrong number of args for ${name}: want at least ${
          wanted - 1
        } got ${written}`,
      );
    }
    if (given === wanted) return;
    this.#fail(
      `wrong number of args for ${name}: want ${wanted} got ${given}`,
    );
  }

  /** `and` and `or`, which stop at the first argument that decides. */
  #junction(
    stopAt: boolean,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    let value: GoValue;
    for (const arg of args) {
      value = this.#argument(arg, "value", dot);
      if (isTrue(unbox(value)) === stopAt) return value;
    }
    return piped === NOTHING ? value : piped;
  }

  #argument(node: Operand, type: ParameterType, dot: GoValue): GoValue {
    this.#state.node = node;
    switch (node.kind) {
      case "nil":
        if (type === "string" || type === "int") {
          this.#fail(`cannot assign nil to ${type}`);
        }
        return undefined;
      case "bool":
      case "number":
      case "string":
        return this.#literal(node, type);
    }
    return this.#checked(this.#operand(node, dot), type);
  }

  #literal(
    node: Extract<Operand, { kind: "bool" | "number" | "string" }>,
    type: ParameterType,
  ): GoValue {
    switch (type) {
      case "string":
        if (node.kind === "string") return node.value;
        return this.#fail(`expected string; found ${nodeText(node)}`);
      case "int":
        if (node.kind === "number" && node.integer !== undefined) {
          return node.integer;
        }
        return this.#fail(`expected integer; found ${nodeText(node)}`);
      case "[]string":
        return this.#fail(
          `can't handle ${nodeText(node)} for arg of type ${type}`,
        );
    }
    return node.kind === "number" ? this.#constant(node) : node.value;
  }

  #constant(node: NumberNode): GoValue {
    const isInteger = /^'|^[+-]?0[xX]/.test(node.source) ||
      !/[.eE]/.test(node.source);
    if (!isInteger) return new GoScalar("float64", "float", node.float);
    if (node.integer === undefined) this.#fail(`${node.source} overflows int`);
    return node.integer;
  }

  /** The value as an argument of the type, or an error. */
  #checked(value: GoValue, type: ParameterType): GoValue {
    if (type === "value") return value;
    const plain = unbox(value);
    if (type === "any") return plain;
    if (value === undefined) {
      if (type === "[]string") return undefined;
      this.#fail(`invalid value; expected ${type}`);
    }
    const found = plain === undefined ? "interface {}" : typeName(plain);
    if (found === type) return plain;
    this.#fail(`wrong type for value; expected ${type}; got ${found}`);
  }

  #fail(message: string, options?: ErrorOptions): never {
    this.#state.fail(message, options);
  }
}

function parameter(called: TemplateFunction, position: number): ParameterType {
  return called.parameters[position] ?? called.parameters.at(-1) ?? "any";
}

function methodFunction(method: GoMethod): TemplateFunction {
  return {
    parameters: new Array<ParameterType>(method.length).fill("string"),
    call: (...args) => goValue(method(...args.map(String))),
  };
}

function stringKeys(map: GoMap): boolean {
  return map.keyType === "string" || map.keyType === "interface {}";
}
