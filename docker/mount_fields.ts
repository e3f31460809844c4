/**
 * The fields of `--mount`: one line of comma-separated values.
 *
 * @module
 */
import { parseCsvLine } from "./csv.ts";
import { parseBytes } from "./units.ts";

/** What the words of a `--mount` say, before they are looked at together. */
export interface MountFields {
  /** In lower case. */
  type: string;
  source: string;
  target: string;
  readonly: boolean | undefined;
  propagation: string;
  /** `bind-recursive`, or `disabled` for its older form; empty when not given. */
  recursive: string;
  noCopy: boolean;
  driver: string | undefined;
  driverOptions: Record<string, string>;
  labels: Record<string, string>;
  subpath: string | undefined;
  /** Bytes; 0 when not given. */
  tmpfsSize: number;
  /** Permission bits; 0 when not given. */
  tmpfsMode: number;
  /** The mount types that an option was given for. */
  kinds: Set<string>;
}

/**
 * Splits a value of `--mount` into its fields; only each by itself is checked.
 *
 * @throws {SyntaxError} With docker's text, as `unexpected key 'x' in 'x=1'`.
 */
export function readMountFields(text: string): MountFields {
  const fields: MountFields = {
    type: "volume",
    source: "",
    target: "",
    readonly: undefined,
    propagation: "",
    recursive: "",
    noCopy: false,
    driver: undefined,
    driverOptions: {},
    labels: {},
    subpath: undefined,
    tmpfsSize: 0,
    tmpfsMode: 0,
    kinds: new Set(),
  };
  for (const field of parseCsvLine(text)) {
    const equals = field.indexOf("=");
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    if (equals < 0 && !STANDALONE_KEYS.includes(key)) {
      throw new SyntaxError(
        `invalid field '${field}' must be a key=value pair`,
      );
    }
    const value = equals < 0 ? "true" : field.slice(equals + 1);
    const kind = /^(bind|volume|tmpfs|image)-/.exec(key)?.[1];
    if (kind !== undefined) fields.kinds.add(kind);
    setField(fields, key, value, field);
  }
  return fields;
}

const STANDALONE_KEYS: readonly string[] = [
  "readonly",
  "ro",
  "volume-nocopy",
  "bind-nonrecursive",
];

function setField(
  fields: MountFields,
  key: string,
  value: string,
  field: string,
) {
  const invalid = (cause?: unknown) =>
    new SyntaxError(`invalid value for ${key}: ${value}`, { cause });
  switch (key) {
    case "type":
      fields.type = value.toLowerCase();
      return;
    case "source":
    case "src":
      fields.source = value;
      return;
    case "target":
    case "dst":
    case "destination":
      fields.target = value;
      return;
    case "readonly":
    case "ro":
      fields.readonly = readBoolean(value, invalid);
      return;
    case "consistency":
      // Only Docker Desktop gives it a meaning.
      return;
    case "bind-propagation":
      fields.propagation = value.toLowerCase();
      return;
    case "bind-nonrecursive":
      if (readBoolean(value, invalid)) fields.recursive = "disabled";
      return;
    case "bind-recursive":
      if (!["enabled", "disabled", "writable", "readonly"].includes(value)) {
        throw new SyntaxError(
          `${invalid().message} (must be "enabled", "disabled", "writable", or "readonly")`,
        );
      }
      fields.recursive = value;
      return;
    case "volume-nocopy":
      fields.noCopy = readBoolean(value, invalid);
      return;
    case "volume-driver":
      fields.driver = value;
      return;
    case "volume-subpath":
      fields.subpath = value;
      return;
    case "volume-label":
      setPair(fields.labels, value);
      return;
    case "volume-opt":
      setPair(fields.driverOptions, value);
      return;
    case "image-subpath":
      return;
    case "tmpfs-size":
      try {
        fields.tmpfsSize = parseBytes(value);
      } catch (cause) {
        throw invalid(cause);
      }
      return;
    case "tmpfs-mode":
      if (!/^[0-7]+$/.test(value)) throw invalid();
      fields.tmpfsMode = parseInt(value, 8);
      return;
  }
  throw new SyntaxError(`unexpected key '${key}' in '${field}'`);
}

function setPair(pairs: Record<string, string>, text: string) {
  const equals = text.indexOf("=");
  if (equals < 0) pairs[text] = "";
  else pairs[text.slice(0, equals)] = text.slice(equals + 1);
}

function readBoolean(value: string, invalid: () => SyntaxError): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw invalid();
}
