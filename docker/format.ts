/**
 * What docker's `--format` makes of inspected objects, rows and single values.
 *
 * @module
 */

import { goJson, rawView } from "./go_json.ts";
import {
  type GoInput,
  GoMap,
  type GoStruct,
  type GoValue,
  goValue,
} from "./go_value.ts";
import { alignTable, type TableOptions } from "./table.ts";
import { parseTemplate, type Template, TemplateError } from "./template.ts";
import { HEADER_FUNCTIONS } from "./template_functions.ts";

export { TemplateError };

/** The header of each column that a listing has, by field name. */
export type Headers = Readonly<Record<string, string>>;

/** What a listing does for the formats that are no template. */
export interface RowOptions {
  /** The headers of the fields. */
  readonly headers: Headers;
  /** The template of the default table, without the word `table`. */
  readonly table: string;
  /** The template of the format `raw`; the word itself when absent. */
  readonly raw?: string;
  /** Whether `--quiet` was given. */
  readonly quiet?: boolean;
  /** The template of a quiet listing, `{{.ID}}` by default. */
  readonly quietTable?: string;
  /** The template of a quiet `raw` listing. */
  readonly quietRaw?: string;
  /** Whether `--quiet` goes before a template, as in `docker ps`. */
  readonly quietFirst?: boolean;
}

/**
 * The output of `docker inspect`. Each object is first executed as typed and,
 * when that fails, as the map its JSON decodes to, where a missing key is an
 * error. The {@linkcode TemplateError} has exit code 64 for a template that
 * cannot be parsed and 1 for one that fails; what docker writes to stdout all
 * the same is its `stdout`.
 */
export function renderInspect(
  objects: readonly GoInput[],
  format = "",
): string {
  const values = objects.map(goValue);
  if (format === "" || format === "json") {
    return renderInspectJson(values, format === "" ? "    " : undefined);
  }
  const template = parseOrFail(format, 64);
  let out = "";
  let missingKey: "default" | "error" = "default";
  const errors: TemplateError[] = [];
  for (const value of values) {
    try {
      out += `${template.execute(value, { missingKey })}\n`;
    } catch (failure) {
      asTemplateError(failure);
      // From here on docker keeps the option, also for the objects to come.
      missingKey = "error";
      try {
        out += `${template.execute(rawView(value), { missingKey })}\n`;
      } catch (error) {
        errors.push(asTemplateError(error));
      }
    }
  }
  if (out === "") out = "\n";
  if (errors.length === 0) return out;
  const lines = errors.map(({ message }) =>
    `template parsing error: ${message}`
  );
  throw new TemplateError(lines.join("\n"), 1, out, { cause: errors[0] });
}

/** The output of `docker ps`, `docker images` and `docker network ls`. */
export function renderRows(
  rows: readonly GoStruct[],
  format: string,
  options: RowOptions,
): string {
  const chosen = chooseFormat(format, options);
  const isTable = chosen.startsWith("table");
  const source = chosen === "json"
    ? "{{json .}}"
    : (isTable ? chosen.slice("table".length) : chosen)
      .replace(/^ +| +$/g, "")
      .replaceAll("\\t", "\t")
      .replaceAll("\\n", "\n");
  const template = parseOrFail(source, 1);
  let body = "";
  for (const row of rows) {
    try {
      body += `${template.execute(row)}\n`;
    } catch (error) {
      throw prefixed(asTemplateError(error), 1);
    }
  }
  if (!isTable) return body;
  return alignTable(`${renderHeader(template, options.headers)}\n${body}`);
}

/**
 * The output of `docker info --format` and `docker version --format`: one
 * template on one value. With `table`, tabs align columns as in `version`.
 */
export function renderValue(
  value: GoInput,
  format: string,
  options: { name?: string; table?: TableOptions } = {},
): string {
  const source = format === "json" ? "{{json .}}" : format;
  const template = parseOrFail(source, 64, options.name);
  const finish = (text: string) =>
    options.table ? alignTable(`${text}\n`, options.table) : `${text}\n`;
  try {
    return finish(template.execute(value));
  } catch (error) {
    const { message, stdout } = asTemplateError(error);
    throw new TemplateError(message, 1, finish(stdout), { cause: error });
  }
}

function renderInspectJson(
  values: readonly GoValue[],
  indent: string | undefined,
): string {
  if (values.length === 0) return "[]\n";
  const array = goValue(values);
  return `${goJson(array, indent === undefined ? {} : { indent })}\n`;
}

function chooseFormat(format: string, options: RowOptions): string {
  const quiet = options.quiet ?? false;
  const quietTable = options.quietTable ?? "{{.ID}}";
  if (format === "" || format === "table") {
    return quiet ? quietTable : `table ${options.table}`;
  }
  if (format === "raw" && options.raw !== undefined) {
    return quiet ? options.quietRaw ?? quietTable : options.raw;
  }
  return quiet && options.quietFirst ? quietTable : format;
}

function renderHeader(template: Template, headers: Headers): string {
  const header = new GoMap("map[string]string", headers, {
    methods: { Label: labelHeader },
  });
  try {
    return template.execute(header, { functions: HEADER_FUNCTIONS });
  } catch (error) {
    // docker ignores a header that fails and prints its beginning.
    return asTemplateError(error).stdout;
  }
}

/** The last part of a label's name, with blanks for `-` and `_`. */
function labelHeader(name: string): string {
  return (name.split(".").at(-1) ?? "").replace(/[-_]/g, " ");
}

function parseOrFail(
  source: string,
  exitCode: number,
  name?: string,
): Template {
  try {
    return parseTemplate(source, name === undefined ? {} : { name });
  } catch (error) {
    throw prefixed(asTemplateError(error), exitCode);
  }
}

function prefixed(error: TemplateError, exitCode: number): TemplateError {
  return new TemplateError(
    `template parsing error: ${error.message}`,
    exitCode,
    "",
    { cause: error },
  );
}

/** Anything but a template's own failure is a mistake of ours. */
function asTemplateError(error: unknown): TemplateError {
  if (error instanceof TemplateError) return error;
  throw error;
}
