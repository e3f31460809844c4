/**
 * Columns of a table, aligned as docker aligns them.
 *
 * @module
 */

/** The width rules of the columns. */
export interface TableOptions {
  /** The least width of a column, with its padding. */
  readonly minWidth?: number;
  /** The blanks between a column's widest cell and the next column. */
  readonly padding?: number;
}

/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** Characters that take none. */
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;

/**
 * Replaces tabs by blanks. A column is a run of neighbouring lines that have a
 * tab-ended cell there, so a line without it separates two columns.
 */
export function alignTable(text: string, options: TableOptions = {}): string {
  const { minWidth = 10, padding = 3 } = options;
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths = lines.map((): number[] => []);
  const columns = Math.max(...lines.map((cells) => cells.length - 1));
  for (let column = 0; column < columns; column++) {
    let start = 0;
    while (start < lines.length) {
      let end = start;
      let width = minWidth;
      for (; hasColumn(lines[end], column); end++) {
        const cell = textWidth(lines[end]?.[column] ?? "");
        width = Math.max(width, cell + padding);
      }
      for (let line = start; line < end; line++) {
        widths[line]?.push(width);
      }
      start = Math.max(end, start + 1);
    }
  }
  return lines.map((cells, line) =>
    cells.map((cell, column) => {
      const width = widths[line]?.[column];
      return width === undefined
        ? cell
        : cell + " ".repeat(width - textWidth(cell));
    }).join("")
  ).join("\n");
}

/** The number of terminal columns that a text takes. */
export function textWidth(text: string): number {
  // What listings nearly always show, without compiling the expressions.
  if (/^[ -~\u2026]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) {
    width += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  }
  return width;
}

function hasColumn(
  cells: readonly string[] | undefined,
  column: number,
): boolean {
  return cells !== undefined && column < cells.length - 1;
}
