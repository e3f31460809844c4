/**
 * Go's `Sprintf`: the format string and its mistakes.
 *
 * @module
 */

import { printArgument, type PrintSpec } from "./go_print.ts";
import { type GoValue, typeName, unbox } from "./go_value.ts";

/** One directive: flags, argument index, width, precision, index, verb. */
const DIRECTIVE =
  /%([#0+\- ]*)(\[[^\]]*\])?(\*|\d+)?(?:\.(\[[^\]]*\])?(\*|\d+)?)?(\[[^\]]*\])?(.)?/gsu;

/** Formats by verbs; mistakes show in the result as Go shows them. */
export function sprintf(format: string, values: readonly GoValue[]): string {
  const run = new Formatting(values);
  const out = format.replace(
    DIRECTIVE,
    (...match: (string | undefined)[]) => run.directive(match),
  );
  return out + run.extra();
}

class Formatting {
  readonly #values: readonly GoValue[];
  #next = 0;
  #reordered = false;

  constructor(values: readonly GoValue[]) {
    this.#values = values;
  }

  directive(match: readonly (string | undefined)[]): string {
    const [whole = "", flags = "", index, width] = match;
    const [precisionIndex, precision, lastIndex, verb] = match.slice(4);
    let good = this.#select(index);
    let out = "";
    let minus = flags.includes("-");
    let columns = width === undefined ? undefined : Number(width);
    if (width === "*") {
      columns = this.#integer();
      if (columns === undefined) out += "%!(BADWIDTH)";
      else if (columns < 0) {
        minus = true;
        columns = -columns;
      }
    } else if (width !== undefined && index !== undefined) good = false;
    let digits: number | undefined;
    if (/^%[^.]*\./.test(whole.slice(0, verb ? -verb.length : undefined))) {
      if (index !== undefined && width !== "*") good = false;
      good = this.#select(precisionIndex) && good;
      if (precision === "*") {
        digits = this.#integer();
        if (digits === undefined || digits < 0) {
          out += "%!(BADPREC)";
          digits = undefined;
        }
      } else digits = Number(precision ?? 0);
    }
    good = this.#select(lastIndex) && good;
    if (verb === undefined) return `${out}%!(NOVERB)`;
    if (verb === "%") return `${out}%`;
    if (!good) return `${out}%!${verb}(BADINDEX)`;
    if (this.#next >= this.#values.length) {
      return `${out}%!${verb}(MISSING)`;
    }
    const variant = verb === "v";
    const spec: PrintSpec = {
      verb,
      minus,
      plus: !variant && flags.includes("+"),
      sharp: !variant && flags.includes("#"),
      plusV: variant && flags.includes("+"),
      sharpV: variant && flags.includes("#"),
      space: flags.includes(" "),
      zero: flags.includes("0") && !minus,
      width: columns,
      precision: digits,
    };
    return out + printArgument(this.#values[this.#next++], spec);
  }

  /** Complains of arguments that no directive used. */
  extra(): string {
    if (this.#reordered || this.#next >= this.#values.length) return "";
    const rest = this.#values.slice(this.#next).map((value) =>
      unbox(value) === undefined
        ? "<nil>"
        : `${typeName(unbox(value))}=${printArgument(value, { verb: "v" })}`
    );
    return `%!(EXTRA ${rest.join(", ")})`;
  }

  #select(index: string | undefined): boolean {
    if (index === undefined) return true;
    this.#reordered = true;
    const position = /^\[\d+\]$/.test(index) ? Number(index.slice(1, -1)) : 0;
    if (position < 1 || position > this.#values.length) return false;
    this.#next = position - 1;
    return true;
  }

  #integer(): number | undefined {
    const value = unbox(this.#values[this.#next++]);
    return typeof value === "number" && Number.isInteger(value)
      ? value
      : undefined;
  }
}
