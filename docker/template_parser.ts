/**
 * Go template text to nodes.
 *
 * @module
 */

import { quote, unquote } from "./go_quote.ts";
import { TemplateError } from "./template_error.ts";
import {
  describeToken,
  type Token,
  tokenize,
  type TokenKind,
} from "./template_lexer.ts";
import {
  type BranchNode,
  type CommandNode,
  type Node,
  nodeText,
  type Operand,
  type PipeNode,
  type Statement,
  type VariableNode,
} from "./template_node.ts";
import { parseCharacter, parseNumber } from "./template_number.ts";

/** The bodies of a template and of those it defines, by name. */
export type TemplateSet = Map<string, readonly Statement[]>;

/** What ended a list of statements. */
interface Ending {
  readonly keyword: "end" | "else";
  /** Set when the else is followed by a branch of its own. */
  readonly branch?: "if" | "with";
}

/** What may follow a keyword that opens a branch. */
type Branch = BranchNode["kind"];

/** The token kinds that a command can begin with. */
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "bool",
  "char",
  "field",
  "identifier",
  "number",
  "raw string",
  "string",
  "variable",
  "(",
]);

/** Parses a template; function names are checked against `isFunction`. */
export function parseTemplateText(
  name: string,
  source: string,
  isFunction: (name: string) => boolean,
): TemplateSet {
  return new Parser(name, source, isFunction).run();
}

class Parser {
  readonly #name: string;
  readonly #source: string;
  readonly #isFunction: (name: string) => boolean;
  readonly #tokens: readonly Token[];
  readonly #set: TemplateSet = new Map();
  #next = 0;
  #furthest = 0;
  #actionLine = 0;
  #rangeDepth = 0;
  #variables: string[] = ["$"];

  constructor(
    name: string,
    source: string,
    isFunction: (name: string) => boolean,
  ) {
    this.#name = name;
    this.#source = source;
    this.#isFunction = isFunction;
    this.#tokens = tokenize(source);
  }

  run(): TemplateSet {
    const root: Statement[] = [];
    while (this.#peek().kind !== "eof") {
      if (this.#peek().kind === "open") {
        const start = this.#next++;
        if (this.#isKeyword(this.#peekTerm(), "define")) {
          this.#term();
          this.#define();
          continue;
        }
        this.#next = start;
      }
      const part = this.#statement();
      if ("keyword" in part) {
        this.#fail(`unexpected {{${part.keyword}}}`);
      }
      root.push(part);
    }
    this.#add(this.#name, root);
    return this.#set;
  }

  #peek(): Token {
    const last = this.#tokens.length - 1;
    const position = Math.min(this.#next, last);
    this.#furthest = Math.max(this.#furthest, position);
    return this.#tokens[position] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  /** The next token that is no space, left in place. */
  #peekTerm(): Token {
    while (this.#peek().kind === "space") this.#next++;
    return this.#peek();
  }

  #term(): Token {
    const token = this.#peekTerm();
    this.#next++;
    return token;
  }

  #isKeyword(token: Token, text: string): boolean {
    return token.kind === "keyword" && token.text === text;
  }

  #line(at: number): number {
    return this.#source.slice(0, at).split("\n").length;
  }

  #fail(message: string): never {
    const line = this.#line(this.#tokens[this.#furthest]?.at ?? 0);
    throw new TemplateError(`template: ${this.#name}:${line}: ${message}`, 64);
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== "error") {
      this.#fail(`unexpected ${describeToken(token)} in ${context}`);
    }
    const line = this.#actionLine;
    if (line === 0 || line === this.#line(token.at)) this.#fail(token.text);
    const place = token.text.endsWith(" action") ? "" : " in action";
    this.#fail(`${token.text}${place} started at ${this.#name}:${line}`);
  }

  #expectClose(context: string): void {
    const token = this.#term();
    if (token.kind !== "close") this.#unexpected(token, context);
  }

  #add(name: string, body: readonly Statement[]): void {
    const old = this.#set.get(name);
    if (old === undefined || isBlank(old)) this.#set.set(name, body);
    else if (!isBlank(body)) {
      this.#fail(
        `template: multiple definition of template ${quote(name)}`,
      );
    }
  }

  #templateName(context: string): { name: string; token: Token } {
    const token = this.#term();
    if (token.kind !== "string" && token.kind !== "raw string") {
      this.#unexpected(token, context);
    }
    return { name: this.#unquote(token), token };
  }

  #unquote(token: Token): string {
    return this.#read(() => unquote(token.text));
  }

  /** Runs a reader of a literal, whose error becomes a parse error. */
  #read<T>(reader: () => T): T {
    try {
      return reader();
    } catch (error) {
      const malformed = error instanceof SyntaxError ||
        error instanceof RangeError;
      if (!malformed) throw error;
      return this.#fail(error.message);
    }
  }

  #define(): void {
    const { name } = this.#templateName("define clause");
    this.#expectClose("define clause");
    this.#body(name, "define clause");
  }

  /** The body of a definition, which sees no variables from outside. */
  #body(name: string, context: string): void {
    const outer = { variables: this.#variables, depth: this.#rangeDepth };
    this.#variables = ["$"];
    this.#rangeDepth = 0;
    const { body, ending } = this.#statements();
    if (ending.keyword === "else") {
      this.#fail(`unexpected {{else}} in ${context}`);
    }
    this.#variables = outer.variables;
    this.#rangeDepth = outer.depth;
    this.#add(name, body);
  }

  #statements(): { body: Statement[]; ending: Ending } {
    const body: Statement[] = [];
    while (this.#peekTerm().kind !== "eof") {
      const part = this.#statement();
      if ("keyword" in part) return { body, ending: part };
      body.push(part);
    }
    this.#fail("unexpected EOF");
  }

  #statement(): Statement | Ending {
    const token = this.#term();
    if (token.kind === "text") {
      return { kind: "text", at: token.at, text: token.text };
    }
    if (token.kind !== "open") this.#unexpected(token, "input");
    this.#actionLine = this.#line(token.at);
    const part = this.#action();
    this.#actionLine = 0;
    return part;
  }

  #action(): Statement | Ending {
    const token = this.#peekTerm();
    if (token.kind === "keyword") {
      this.#next++;
      switch (token.text) {
        case "if":
        case "with":
        case "range":
          return this.#branch(token.text);
        case "end":
          this.#expectClose("end");
          return { keyword: "end" };
        case "else":
          return this.#else();
        case "break":
        case "continue":
          return this.#jump(token.text, token.at);
        case "template":
          return this.#template();
        case "block":
          return this.#block();
      }
      this.#next--;
    }
    return {
      kind: "action",
      at: token.at,
      pipe: this.#pipe("command", "close"),
    };
  }

  #jump(kind: "break" | "continue", at: number): Statement {
    this.#expectClose(`{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #else(): Ending {
    const token = this.#peekTerm();
    // The branch keyword stays, for the branch that the else belongs to.
    for (const branch of ["if", "with"] as const) {
      if (this.#isKeyword(token, branch)) return { keyword: "else", branch };
    }
    this.#expectClose("else");
    return { keyword: "else" };
  }

  #branch(kind: Branch): BranchNode {
    const scope = this.#variables.length;
    const pipe = this.#pipe(kind, "close");
    if (kind === "range") this.#rangeDepth++;
    const { body, ending } = this.#statements();
    if (kind === "range") this.#rangeDepth--;
    let otherwise: Statement[] | undefined;
    if (ending.keyword === "else") {
      if (ending.branch !== undefined && ending.branch === kind) {
        this.#next++;
        otherwise = [this.#branch(ending.branch)];
      } else {
        const rest = this.#statements();
        if (rest.ending.keyword === "else") {
          this.#fail("expected end; found {{else}}");
        }
        otherwise = rest.body;
      }
    }
    this.#variables.length = scope;
    return { kind, at: pipe.at, pipe, body, otherwise };
  }

  #template(): Statement {
    const { name, token } = this.#templateName("template clause");
    let pipe: PipeNode | undefined;
    if (this.#peekTerm().kind === "close") this.#next++;
    else pipe = this.#pipe("template clause", "close");
    return { kind: "template", at: token.at, name, source: token.text, pipe };
  }

  #block(): Statement {
    const { name, token } = this.#templateName("block clause");
    const pipe = this.#pipe("block clause", "close");
    this.#body(name, "block clause");
    return { kind: "template", at: token.at, name, source: token.text, pipe };
  }

  #pipe(context: string, end: TokenKind): PipeNode {
    const at = this.#peekTerm().at;
    const { variables, assigns } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#peekTerm();
      if (token.kind === end) break;
      const dot = this.#isKeyword(token, ".") || this.#isKeyword(token, "nil");
      if (!dot && !OPERANDS.has(token.kind)) {
        this.#next++;
        this.#unexpected(token, context);
      }
      commands.push(this.#command());
    }
    this.#next++;
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.slice(1).forEach((command, position) => {
      if (isConstant(command.operands[0])) {
        this.#fail(
          `non executable command in pipeline stage ${position + 2}`,
        );
      }
    });
    return { kind: "pipe", at, assigns, variables, commands };
  }

  #declarations(
    context: string,
  ): { variables: VariableNode[]; assigns: boolean } {
    const variables: VariableNode[] = [];
    for (;;) {
      const token = this.#peekTerm();
      if (token.kind !== "variable") return { variables, assigns: false };
      const start = this.#next++;
      const operator = this.#peekTerm();
      const comma = operator.kind === "punctuation" && operator.text === ",";
      const assigns = operator.kind === "assign";
      if (!comma && !assigns && operator.kind !== "declare") {
        this.#next = start;
        return { variables, assigns: false };
      }
      this.#next++;
      variables.push(variableNode(token));
      this.#variables.push(token.text);
      if (!comma) return { variables, assigns };
      if (context !== "range" || variables.length > 1) {
        this.#fail(`too many declarations in ${context}`);
      }
      const next = this.#peekTerm().kind;
      if (next !== "variable" && next !== "close" && next !== ")") {
        this.#fail("range can only initialize variables");
      }
    }
  }

  #command(): CommandNode {
    const at = this.#peekTerm().at;
    const operands: Operand[] = [];
    for (;;) {
      this.#peekTerm();
      const operand = this.#operand();
      if (operand) operands.push(operand);
      const token = this.#take();
      if (token.kind === "space") continue;
      if (token.kind === "close" || token.kind === ")") this.#next--;
      else if (token.kind !== "pipe") this.#unexpected(token, "operand");
      break;
    }
    if (operands.length === 0) this.#fail("empty command");
    return { kind: "command", at, operands };
  }

  #operand(): Operand | undefined {
    const term = this.#operandTerm();
    if (!term || this.#peek().kind !== "field") return term;
    const at = this.#peek().at;
    const names: string[] = [];
    while (this.#peek().kind === "field") {
      names.push(this.#take().text.slice(1));
    }
    switch (term.kind) {
      case "field":
      case "variable":
        return { ...term, at, names: [...term.names, ...names] };
      case "function":
      case "pipe":
        return { kind: "chain", at, operand: term, names };
    }
    this.#fail(`unexpected . after term ${quote(nodeText(term))}`);
  }

  #operandTerm(): Operand | undefined {
    const token = this.#term();
    const { at, text } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.#isFunction(text)) {
          this.#fail(`function ${quote(text)} not defined`);
        }
        return { kind: "function", at, name: text };
      case "keyword":
        if (text === ".") return { kind: "dot", at };
        if (text === "nil") return { kind: "nil", at };
        break;
      case "variable":
        if (!this.#variables.includes(text)) {
          this.#fail(`undefined variable ${quote(text)}`);
        }
        return variableNode(token);
      case "field":
        return { kind: "field", at, names: [text.slice(1)] };
      case "bool":
        return { kind: "bool", at, value: text === "true" };
      case "number":
        return this.#read(() => parseNumber(text, at));
      case "char":
        return this.#read(() => parseCharacter(text, at));
      case "(":
        return this.#pipe("parenthesized pipeline", ")");
      case "string":
      case "raw string":
        return {
          kind: "string",
          at,
          source: text,
          value: this.#unquote(token),
        };
    }
    this.#next--;
    return undefined;
  }
}

function variableNode(token: Token): VariableNode {
  return { kind: "variable", at: token.at, name: token.text, names: [] };
}

function isConstant(node: Node | undefined): boolean {
  switch (node?.kind) {
    case "bool":
    case "dot":
    case "nil":
    case "number":
    case "string":
      return true;
  }
  return false;
}

function isBlank(body: readonly Statement[]): boolean {
  return body.every((part) => part.kind === "text" && part.text.trim() === "");
}
