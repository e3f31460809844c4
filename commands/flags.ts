import { quote } from "../docker/go_quote.ts";
import { UsageError } from "./errors.ts";

/** One flag of a command. */
export interface FlagSpec {
  /** `strings` collects repeats in the order given; a repeated flag of another type keeps the last value. */
  readonly type: "boolean" | "string" | "strings" | "number";
  /** One letter. */
  readonly short?: string;
  /** Other long names, such as `net` for `network`; help does not show them. */
  readonly aliases?: readonly string[];
  readonly default?: boolean | string | number;
  /** The value when the flag stands without `=VALUE`; such a flag never takes the next argument. */
  readonly implied?: string;
  /** The word that help shows for the value: string, list, int, bytes … A word `uint` refuses negative numbers. */
  readonly value?: string;
  readonly usage: string;
  readonly hidden?: boolean;
  /** Why the flag is accepted without effect. */
  readonly ignored?: string;
}

/** The flags of a command by long name. */
export type FlagTable = Readonly<Record<string, FlagSpec>>;

/** The values that {@linkcode parseFlags} returns for a table. */
export type FlagValues<T extends FlagTable> = {
  -readonly [K in keyof T]: T[K]["type"] extends "boolean" ? boolean
    : T[K]["type"] extends "strings" ? string[]
    : T[K]["type"] extends "number"
      ? T[K] extends { readonly default: number } ? number : number | undefined
    : T[K] extends { readonly default: string } ? string
    : string | undefined;
};

/** What a command line says. */
export interface ParsedFlags<T extends FlagTable> {
  readonly values: FlagValues<T>;
  readonly args: string[];
  /** Long names of the flags that were given, whatever their value. */
  readonly changed: ReadonlySet<keyof T & string>;
  readonly help: boolean;
}

const HELP: FlagSpec = { type: "boolean", usage: "Print usage" };

/**
 * Reads a command line by the rules of Go's pflag, with its error texts.
 *
 * `--help` is known to every table, `-h` to those that have no `h` of their own. Flags may follow
 * arguments unless `stopAtFirstPositional` is set.
 *
 * @throws {UsageError} With the subject `flag`.
 */
export function parseFlags<T extends FlagTable>(
  table: T,
  argv: readonly string[],
  options: { stopAtFirstPositional?: boolean } = {},
): ParsedFlags<T> {
  const values: Record<
    string,
    boolean | number | string | string[] | undefined
  > = {};
  for (const name in table) {
    const spec = table[name]!;
    values[name] = spec.type === "strings" ? [] : spec.default ??
      (spec.type === "boolean" ? false : undefined);
  }
  const changed = new Set<string>();
  const args: string[] = [];
  let help = false;
  let next = 0;

  const set = (name: string, spec: FlagSpec, text: string) => {
    const value = readValue(name, spec, text);
    if (spec === HELP) {
      help = value === true;
      return;
    }
    changed.add(name);
    if (spec.type === "strings") (values[name] as string[]).push(text);
    else values[name] = value;
  };

  const takeNext = (missing: string): string => {
    const value = argv[next++];
    if (value === undefined) {
      throw flagError(`flag needs an argument: ${missing}`);
    }
    return value;
  };

  const readLong = (arg: string) => {
    const body = arg.slice(2);
    if (body[0] === "-" || body[0] === "=") {
      throw flagError(`bad flag syntax: ${arg}`);
    }
    const equals = body.indexOf("=");
    const given = equals < 0 ? body : body.slice(0, equals);
    const name = longName(table, given);
    if (name === undefined) throw flagError(`unknown flag: --${given}`);
    const spec = table[name] ?? HELP;
    const implied = impliedValue(spec);
    set(
      name,
      spec,
      equals >= 0 ? body.slice(equals + 1) : implied ?? takeNext(`--${given}`),
    );
  };

  // A cluster such as -itd or -p80:80: each letter without an obligatory value leaves the rest to be read.
  const readShort = (arg: string) => {
    let letters = arg.slice(1);
    while (letters !== "") {
      const letter = letters[0]!;
      const name = shortName(table, letter);
      if (name === undefined) {
        throw flagError(
          `unknown shorthand flag: ${quote(letter, "'")} in -${letters}`,
        );
      }
      const spec = table[name] ?? HELP;
      const implied = impliedValue(spec);
      if (letters.length > 2 && letters[1] === "=") {
        set(name, spec, letters.slice(2));
        return;
      }
      if (implied !== undefined) {
        set(name, spec, implied);
        letters = letters.slice(1);
        continue;
      }
      set(
        name,
        spec,
        letters.length > 1
          ? letters.slice(1)
          : takeNext(`${quote(letter, "'")} in -${letters}`),
      );
      return;
    }
  };

  while (next < argv.length) {
    const arg = argv[next++]!;
    if (arg === "--") {
      args.push(...argv.slice(next));
      break;
    }
    if (arg.length < 2 || arg[0] !== "-") {
      args.push(arg);
      if (!options.stopAtFirstPositional) continue;
      args.push(...argv.slice(next));
      break;
    }
    if (arg[1] === "-") readLong(arg);
    else readShort(arg);
  }
  return {
    values: values as FlagValues<T>,
    args,
    changed: changed as ReadonlySet<keyof T & string>,
    help,
  };
}

/**
 * Makes the error for a flag whose value is refused later than by its type, as
 * `invalid argument "1q" for "-m, --memory" flag: invalid suffix: 'q'`.
 */
export function flagValueError<T extends FlagTable>(
  table: T,
  name: keyof T & string,
  value: string,
  cause: unknown,
): UsageError {
  return valueError(name, table[name]?.short, value, cause);
}

function valueError(
  name: string,
  short: string | undefined,
  value: string,
  cause: unknown,
): UsageError {
  const shown = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UsageError(
    `invalid argument ${quote(value)} for ${quote(shown)} flag: ${reason}`,
    cause instanceof Error ? { subject: "flag", cause } : { subject: "flag" },
  );
}

function flagError(message: string): UsageError {
  return new UsageError(message, { subject: "flag" });
}

function longName(table: FlagTable, given: string): string | undefined {
  if (Object.hasOwn(table, given)) return given;
  for (const name in table) {
    if (table[name]!.aliases?.includes(given)) return name;
  }
  return given === "help" ? "help" : undefined;
}

function shortName(table: FlagTable, letter: string): string | undefined {
  for (const name in table) {
    if (table[name]!.short === letter) return name;
  }
  return letter === "h" ? "help" : undefined;
}

function impliedValue(spec: FlagSpec): string | undefined {
  return spec.implied ?? (spec.type === "boolean" ? "true" : undefined);
}

function readValue(
  name: string,
  spec: FlagSpec,
  text: string,
): boolean | number | string {
  if (spec.type === "boolean") {
    const value = parseGoBoolean(text);
    if (value === undefined) {
      const reason = `strconv.ParseBool: parsing ${
        quote(text)
      }: invalid syntax`;
      throw valueError(name, spec.short, text, reason);
    }
    return value;
  }
  if (spec.type !== "number") return text;
  const unsigned = spec.value?.startsWith("uint") ?? false;
  const value = parseGoInteger(text, unsigned);
  if (typeof value === "bigint") return Number(value);
  const reason = `strconv.Parse${unsigned ? "Uint" : "Int"}: parsing ${
    quote(text)
  }: ${value}`;
  throw valueError(name, spec.short, text, reason);
}

/** Reads one of the words that Go takes for a boolean, or returns undefined. */
export function parseGoBoolean(text: string): boolean | undefined {
  switch (text) {
    case "1":
    case "t":
    case "T":
    case "TRUE":
    case "true":
    case "True":
      return true;
    case "0":
    case "f":
    case "F":
    case "FALSE":
    case "false":
    case "False":
      return false;
  }
  return undefined;
}

/** Reads a Go integer with its base prefix and underscores, or returns the reason why it is none. */
function parseGoInteger(
  text: string,
  unsigned: boolean,
): bigint | "invalid syntax" | "value out of range" {
  const match =
    /^([+-]?)(?:(0[xX](?:_?[\da-fA-F])+)|(0[bB](?:_?[01])+)|0[oO]?((?:_?[0-7])+)|(0|[1-9](?:_?\d)*))$/
      .exec(text);
  if (match === null || (unsigned && match[1] !== "")) return "invalid syntax";
  const digits = match[2] ?? match[3] ??
    (match[4] === undefined ? match[5]! : `0o${match[4]}`);
  const size = BigInt(digits.replaceAll("_", ""));
  const value = match[1] === "-" ? -size : size;
  const fits = unsigned ? size < 1n << 64n : BigInt.asIntN(64, value) === value;
  return fits ? value : "value out of range";
}
