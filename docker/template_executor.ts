/**
 * Runs a parsed Go template on a value.
 *
 * @module
 */

import { quote } from "./go_quote.ts";
import { sprint } from "./go_print.ts";
import {
  Boxed,
  GoMap,
  type GoMethod,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  goValue,
  isTrue,
  NilPointer,
  typeName,
  unbox,
} from "./go_value.ts";
import { BUILTINS } from "./template_builtins.ts";
import { TemplateError } from "./template_error.ts";
import type {
  FunctionTable,
  ParameterType,
  TemplateFunction,
} from "./template_function.ts";
import {
  type BranchNode,
  type ChainNode,
  type CommandNode,
  type Node,
  nodeText,
  type NumberNode,
  type Operand,
  type PipeNode,
  type Statement,
  type VariableNode,
} from "./template_node.ts";
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

/** How a statement ended, when not normally. */
type Jump = "break" | "continue" | undefined;

interface Variable {
  readonly name: string;
  value: GoValue;
}

/** Stands for the value piped into the first command of a pipeline. */
const NOTHING = Symbol("nothing piped");

type Piped = GoValue | typeof NOTHING;

/** How deep templates may call each other. */
const DEPTH_LIMIT = 500;

/** Executes a template; the error carries the output written before it. */
export function execute(execution: Execution, data: GoValue): string {
  const executor = new Executor(execution, data);
  return executor.run(data);
}

class Executor {
  readonly #execution: Execution;
  #template: string;
  #variables: Variable[];
  #node: Node | undefined;
  #depth = 0;
  #out = "";

  constructor(execution: Execution, data: GoValue) {
    this.#execution = execution;
    this.#template = execution.name;
    this.#variables = [{ name: "$", value: data }];
  }

  run(data: GoValue): string {
    const { name, set } = this.#execution;
    this.#walkAll(set.get(name) ?? [], data);
    return this.#out;
  }

  #fail(message: string, options?: ErrorOptions): never {
    const place = this.#node === undefined
      ? this.#execution.name
      : `${this.#location(this.#node.at)}: executing ${
        quote(this.#template)
      } at <${nodeText(this.#node)}>`;
    throw new TemplateError(
      `template: ${place}: ${message}`,
      1,
      this.#out,
      options,
    );
  }

  #location(at: number): string {
    const lines = this.#execution.source.slice(0, at).split("\n");
    const column = new TextEncoder().encode(lines.at(-1)).length;
    return `${this.#execution.name}:${lines.length}:${column}`;
  }

  #walkAll(statements: readonly Statement[], dot: GoValue): Jump {
    for (const statement of statements) {
      const jump = this.#walk(statement, dot);
      if (jump) return jump;
    }
    return undefined;
  }

  #walk(statement: Statement, dot: GoValue): Jump {
    this.#node = statement;
    switch (statement.kind) {
      case "text":
        this.#out += statement.text;
        return undefined;
      case "action": {
        const value = this.#pipe(statement.pipe, dot);
        if (statement.pipe.variables.length === 0) {
          this.#out += printed(value);
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
    const mark = this.#variables.length;
    const jump = statement.kind === "range"
      ? this.#range(statement, dot)
      : this.#branch(statement, dot);
    this.#variables.length = mark;
    return jump;
  }

  #branch(node: BranchNode, dot: GoValue): Jump {
    const value = this.#pipe(node.pipe, dot);
    if (isTrue(value)) {
      return this.#walkAll(node.body, node.kind === "with" ? value : dot);
    }
    return this.#walkAll(node.otherwise ?? [], dot);
  }

  #range(node: BranchNode, dot: GoValue): Jump {
    const value = this.#pipe(node.pipe, dot);
    const items = this.#items(node, value);
    if (items.length === 0) return this.#walkAll(node.otherwise ?? [], dot);
    const mark = this.#variables.length;
    for (const [key, element] of items) {
      this.#setRangeVariables(node.pipe, key, element);
      const jump = this.#walkAll(node.body, element);
      this.#variables.length = mark;
      if (jump === "break") break;
    }
    return undefined;
  }

  #items(node: BranchNode, value: GoValue): [GoValue, GoValue][] {
    const count = integerOf(value);
    if (count !== undefined) {
      if (node.pipe.variables.length > 1) {
        this.#fail(
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
    this.#fail(`range can't iterate over ${printed(value)}`);
  }

  #setRangeVariables(pipe: PipeNode, key: GoValue, element: GoValue): void {
    const [first, second] = pipe.variables;
    const values = second ? [key, element] : [element];
    if (pipe.assigns) {
      if (first) this.#assign(first.name, values[0]);
      if (second) this.#assign(second.name, values[1]);
      return;
    }
    const start = this.#variables.length - pipe.variables.length;
    values.slice(0, pipe.variables.length).forEach((value, position) => {
      const variable = this.#variables[start + position];
      if (variable) variable.value = value;
    });
  }

  #call(name: string, pipe: PipeNode | undefined, dot: GoValue): void {
    const body = this.#execution.set.get(name);
    if (!body) this.#fail(`template ${quote(name)} not defined`);
    if (this.#depth >= DEPTH_LIMIT) {
      this.#fail(`exceeded maximum template depth (${DEPTH_LIMIT})`);
    }
    const argument = pipe && this.#pipe(pipe, dot);
    const caller = { template: this.#template, variables: this.#variables };
    this.#depth++;
    this.#template = name;
    this.#variables = [{ name: "$", value: argument }];
    this.#walkAll(body, argument);
    this.#depth--;
    this.#template = caller.template;
    this.#variables = caller.variables;
  }

  #assign(name: string, value: GoValue): void {
    const variable = this.#variables.findLast((one) => one.name === name);
    if (!variable) this.#fail(`undefined variable: ${name}`);
    variable.value = value;
  }

  #pipe(pipe: PipeNode, dot: GoValue): GoValue {
    this.#node = pipe;
    let value: Piped = NOTHING;
    for (const command of pipe.commands) {
      value = unbox(this.#command(command, dot, value));
    }
    const result = value === NOTHING ? undefined : value;
    for (const { name } of pipe.variables) {
      if (pipe.assigns) this.#assign(name, result);
      else this.#variables.push({ name, value: result });
    }
    return result;
  }

  #command(command: CommandNode, dot: GoValue, piped: Piped): GoValue {
    const [first, ...args] = command.operands;
    if (!first) return undefined;
    switch (first.kind) {
      case "field":
        this.#node = first;
        return this.#fields(dot, first, first.names, dot, args, piped);
      case "variable":
        return this.#variable(first, dot, args, piped);
      case "chain":
        return this.#chain(first, dot, args, piped);
      case "function":
        this.#node = first;
        return this.#function(first.name, command, dot, args, piped);
      case "pipe":
        this.#notFunction(first, args, piped);
        return this.#pipe(first, dot);
      case "nil":
        this.#node = first;
        this.#notFunction(first, args, piped);
        return this.#fail("nil is not a command");
    }
    this.#node = first;
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
        this.#node = node;
        return this.#fields(dot, node, node.names, dot, [], NOTHING);
      case "variable":
        return this.#variable(node, dot, [], NOTHING);
      case "chain":
        return this.#chain(node, dot, [], NOTHING);
      case "function":
        this.#node = node;
        return this.#function(node.name, node, dot, [], NOTHING);
      case "pipe":
        return this.#pipe(node, dot);
    }
  }

  #variable(
    node: VariableNode,
    dot: GoValue,
    args: readonly Operand[],
    piped: Piped,
  ): GoValue {
    this.#node = node;
    const variable = this.#variables.findLast((one) => one.name === node.name);
    if (!variable) this.#fail(`undefined variable: ${node.name}`);
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
    this.#node = node.operand;
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
      if (!this.#execution.missingKeyError) return undefined;
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
      if (element === undefined && this.#execution.missingKeyError) {
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
    const { functions } = this.#execution;
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
      values.unshift(args[0] ? nodeText(args[0]) : printed(values[0]));
    }
    try {
      return called.call(...values);
    } catch (error) {
      this.#node = node;
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(`error calling ${name}: ${reason}`, { cause: error });
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
    this.#node = node;
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

function integerOf(value: GoValue): number | undefined {
  if (value instanceof GoScalar && /int/.test(value.kind)) {
    return Number(value.value);
  }
  return typeof value === "number" && Number.isInteger(value)
    ? value
    : undefined;
}

function printed(value: GoValue): string {
  if (value === undefined) return "<no value>";
  if (value instanceof GoStruct && value.type.startsWith("*")) {
    return sprint([value]).replace(/^&/, "");
  }
  return sprint([value instanceof Boxed ? value.value : value]);
}
