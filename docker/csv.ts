/**
 * Splits one line of comma-separated fields as Go's encoding/csv, where a quoted field may hold commas.
 *
 * @throws {SyntaxError} With Go's text.
 */
export function parseCsvLine(line: string): string[] {
  if (line === "") throw new SyntaxError("EOF");
  const fields: string[] = [];
  let position = 0;
  while (true) {
    if (line[position] !== '"') {
      const comma = line.indexOf(",", position);
      const end = comma < 0 ? line.length : comma;
      const field = line.slice(position, end);
      const quote = field.indexOf('"');
      if (quote >= 0) {
        throw csvError(position + quote, 'bare " in non-quoted-field');
      }
      fields.push(field);
      position = end;
    } else {
      let field = "";
      position++;
      while (true) {
        const quote = line.indexOf('"', position);
        if (quote < 0) {
          throw csvError(
            line.length,
            'extraneous or missing " in quoted-field',
          );
        }
        field += line.slice(position, quote);
        position = quote + 1;
        if (line[position] !== '"') break;
        field += '"';
        position++;
      }
      if (position < line.length && line[position] !== ",") {
        throw csvError(position - 1, 'extraneous or missing " in quoted-field');
      }
      fields.push(field);
    }
    if (position >= line.length) return fields;
    position++;
  }
}

function csvError(index: number, reason: string): SyntaxError {
  return new SyntaxError(
    `parse error on line 1, column ${index + 1}: ${reason}`,
  );
}
