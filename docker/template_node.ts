/**
 * The parts of a parsed Go template, and their source text for error messages.
 *
 * @module
 */

/** A term of a command. */
export type Operand =
  | { readonly kind: "dot"; readonly at: number }
  | { readonly kind: "nil"; readonly at: number }
  | { readonly kind: "bool"; readonly at: number; readonly value: boolean }
  | NumberNode
  | {
    readonly kind: "string";
    readonly at: number;
    readonly source: string;
    readonly value: string;
  }
  | { readonly kind: "function"; readonly at: number; readonly name: string }
  | FieldNode
  | VariableNode
  | ChainNode
  | PipeNode;

/** A number literal under each of the types that can hold it. */
export interface NumberNode {
  readonly kind: "number";
  readonly at: number;
  readonly source: string;
  /** undefined when the literal has no integral value. */
  readonly integer: number | undefined;
  readonly float: number;
}

/** `.A.B` */
export interface FieldNode {
  readonly kind: "field";
  readonly at: number;
  readonly names: readonly string[];
}

/** `$x.A`; the name has its dollar sign. */
export interface VariableNode {
  readonly kind: "variable";
  readonly at: number;
  readonly name: string;
  readonly names: readonly string[];
}

/** `(pipeline).A.B`, or a function name followed by fields. */
export interface ChainNode {
  readonly kind: "chain";
  readonly at: number;
  readonly operand: Operand;
  readonly names: readonly string[];
}

/** Operands that are evaluated together; the first may be called. */
export interface CommandNode {
  readonly kind: "command";
  readonly at: number;
  readonly operands: readonly Operand[];
}

/** Commands joined by `|`, with the variables that receive the result. */
export interface PipeNode {
  readonly kind: "pipe";
  readonly at: number;
  readonly assigns: boolean;
  readonly variables: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

/** `if`, `with` or `range`. */
export interface BranchNode {
  readonly kind: "if" | "with" | "range";
  readonly at: number;
  readonly pipe: PipeNode;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[] | undefined;
}

/** What a template's body consists of. */
export type Statement =
  | { readonly kind: "text"; readonly at: number; readonly text: string }
  | { readonly kind: "action"; readonly at: number; readonly pipe: PipeNode }
  | { readonly kind: "break"; readonly at: number }
  | { readonly kind: "continue"; readonly at: number }
  | {
    readonly kind: "template";
    readonly at: number;
    readonly name: string;
    readonly source: string;
    readonly pipe: PipeNode | undefined;
  }
  | BranchNode;

/** Anything that an execution error can point at. */
export type Node = Operand | CommandNode | Statement;

/** The source text of a node, in the normal form Go shows in errors. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
    case "string":
      return node.source;
    case "function":
      return node.name;
    case "field":
      return node.names.map((name) => `.${name}`).join("");
    case "variable":
      return [node.name, ...node.names].join(".");
    case "chain":
      return [operandText(node.operand), ...node.names].join(".");
    case "command":
      return node.operands.map(operandText).join(" ");
    case "pipe":
      return pipeText(node);
    case "text":
      return node.text;
    case "action":
      return `{{${pipeText(node.pipe)}}}`;
    case "template": {
      const pipe = node.pipe ? ` ${pipeText(node.pipe)}` : "";
      return `{{template ${node.source}${pipe}}}`;
    }
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    default:
      return `{{${node.kind} ${pipeText(node.pipe)}}}`;
  }
}

function operandText(node: Operand): string {
  return node.kind === "pipe" ? `(${pipeText(node)})` : nodeText(node);
}

function pipeText(pipe: PipeNode): string {
  const commands = pipe.commands.map(nodeText).join(" | ");
  if (pipe.variables.length === 0) return commands;
  const names = pipe.variables.map(nodeText).join(", ");
  return `${names} ${pipe.assigns ? "=" : ":="} ${commands}`;
}
