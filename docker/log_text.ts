/**
 * The text of a container's log: line ends, last lines, times.
 *
 * @module
 */
const CR = 13;
const LF = 10;

/** Turns CRLF into LF, over the borders of pieces. */
export class LineEnds {
  #held = false;

  /** The next piece; a CR at its end waits for what follows it. */
  convert(piece: Uint8Array): Uint8Array {
    if (piece.length === 0) return piece;
    const out = new Uint8Array(piece.length + 1);
    let size = 0;
    let held = this.#held;
    for (const byte of piece) {
      if (held && byte !== LF) out[size++] = CR;
      held = byte === CR;
      if (!held) out[size++] = byte;
    }
    this.#held = held;
    return out.subarray(0, size);
  }

  /** What was held back to the end. */
  end(): Uint8Array {
    const rest = this.#held ? Uint8Array.of(CR) : new Uint8Array();
    this.#held = false;
    return rest;
  }
}

/** Where the last `count` lines of a text begin. */
export function startOfLastLines(text: Uint8Array, count: number): number {
  if (count <= 0) return text.length;
  // The newline at the very end closes the last line, it does not begin one.
  let at = text.length - 1;
  for (let left = count; left > 0; left--) {
    if (at <= 0) return 0;
    at = text.lastIndexOf(LF, at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

/** Reads `--tail`: a number of lines; everything else stands for all of them. */
export function parseTail(text: string): number | undefined {
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}

/** Puts a time before every line, over the borders of pieces. */
export class LineTimes {
  readonly #encoder = new TextEncoder();
  #atStart = true;

  /** The next piece with `time` before each line that begins in it. */
  push(piece: Uint8Array, time: string): Uint8Array {
    const prefix = this.#encoder.encode(`${time} `);
    const parts: Uint8Array[] = [];
    let from = 0;
    while (from < piece.length) {
      if (this.#atStart) parts.push(prefix);
      const at = piece.indexOf(LF, from);
      const to = at < 0 ? piece.length : at + 1;
      parts.push(piece.subarray(from, to));
      this.#atStart = at >= 0;
      from = to;
    }
    return concat(parts);
  }
}

/** Pieces as one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
