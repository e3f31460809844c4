/**
 * Go values as docker's templates see them. Other code describes an object once
 * with {@linkcode goStruct}; the typed view (Go names) and the JSON view (JSON
 * names) are both read from that description.
 *
 * @module
 */

/**
 * What may be put into a struct, map or slice. Plain numbers are Go ints when
 * integral and float64 otherwise; plain arrays and objects are slices and maps
 * whose element type is inferred (strings when empty); `null` is a nil
 * interface, see {@linkcode goNil} for the typed nils.
 */
export type GoInput =
  | GoValue
  | null
  | readonly GoInput[]
  | { readonly [key: string]: GoInput };

/** A value in its Go form; `undefined` is Go's invalid `reflect.Value`. */
export type GoValue = GoConcrete | Boxed;

/** A value that is not held in an interface. */
export type GoConcrete =
  | undefined
  | string
  | boolean
  | number
  | GoScalar
  | GoStruct
  | GoMap
  | GoSlice
  | NilPointer;

/** A method that a template may call; all parameters are strings. */
export type GoMethod = (...args: string[]) => GoInput;

/** The kinds of {@linkcode GoScalar}; a "struct" is printed only by its text. */
export type ScalarKind =
  | "int"
  | "uint"
  | "float"
  | "string"
  | "bool"
  | "struct";

/** A basic value of a named or sized type, such as `int64` or `json.Number`. */
export class GoScalar {
  constructor(
    readonly type: string,
    readonly kind: ScalarKind,
    readonly value: string | number | boolean,
    /** What Go's `String` method returns, when the type has one. */
    readonly text?: string,
  ) {}
}

/** A nil pointer that still knows its type. */
export class NilPointer {
  constructor(readonly type: string) {}
}

/** A value whose static type is `interface {}`; holds undefined when nil. */
export class Boxed {
  constructor(readonly value: GoConcrete) {}
}

/** One field of a struct: its Go name, JSON name and where its value is. */
export interface GoField {
  readonly name: string;
  /** undefined when the field is not part of the JSON. */
  readonly json: string | undefined;
  readonly omitEmpty: boolean;
  readonly key: string;
}

/** How the JSON of a struct is written. */
export type JsonStyle = "struct" | "row";

/** A Go struct, or a pointer to one when the type name begins with `*`. */
export class GoStruct {
  readonly type: string;
  readonly methods: Readonly<Record<string, GoMethod>>;
  readonly style: JsonStyle;
  readonly #source: Readonly<Record<string, GoInput>>;
  #fields: readonly GoField[] | undefined;

  constructor(
    type: string,
    source: Readonly<Record<string, GoInput>>,
    methods: Readonly<Record<string, GoMethod>>,
    style: JsonStyle,
  ) {
    this.type = type;
    this.#source = source;
    this.methods = methods;
    this.style = style;
  }

  /** The fields in the order of their definition. */
  get fields(): readonly GoField[] {
    return this.#fields ??= Object.keys(this.#source).map(parseFieldKey);
  }

  /** The field with this Go name. */
  field(name: string): GoField | undefined {
    return this.fields.find((field) => field.name === name);
  }

  /** The struct itself, when this is a pointer to it. */
  pointee(): GoStruct {
    const type = this.type.replace(/^\*/, "");
    return new GoStruct(type, this.#source, this.methods, this.style);
  }

  /** The value of a field; getters of the definition run here. */
  get(field: GoField): GoValue {
    return fieldValue(this.#source[field.key]);
  }
}

/** A Go map with string keys. */
export class GoMap {
  readonly type: string;
  readonly isNil: boolean;
  readonly methods: Readonly<Record<string, GoMethod>>;
  readonly #entries: Readonly<Record<string, GoInput>>;
  readonly #zero: GoInput;

  constructor(
    type: string,
    entries: Readonly<Record<string, GoInput>> | undefined,
    options: {
      zero?: GoInput;
      methods?: Readonly<Record<string, GoMethod>>;
    } = {},
  ) {
    this.type = type;
    this.isNil = entries === undefined;
    this.#entries = entries ?? {};
    this.methods = options.methods ?? {};
    this.#zero = options.zero;
  }

  /** The type of the keys, `string` unless the map's type says otherwise. */
  get keyType(): string {
    const end = this.type.indexOf("]");
    return this.type.startsWith("map[") ? this.type.slice(4, end) : "string";
  }

  /** The type of the elements. */
  get elementType(): string {
    return this.type.startsWith("map[")
      ? this.type.slice(this.type.indexOf("]") + 1)
      : "string";
  }

  /** The keys in Go's printing order. */
  get keys(): string[] {
    return Object.keys(this.#entries).sort();
  }

  /** The element under a key, undefined when there is none. */
  get(key: string): GoValue {
    if (!Object.hasOwn(this.#entries, key)) return undefined;
    return elementValue(this.#entries[key], this.elementType);
  }

  /** The zero value of the elements, which `index` gives for a missing key. */
  zero(): GoValue {
    if (this.#zero !== undefined) {
      return elementValue(this.#zero, this.elementType);
    }
    return zeroOf(this.elementType);
  }
}

/** A Go slice. */
export class GoSlice {
  readonly #items: readonly GoInput[];

  constructor(
    readonly type: string,
    items: readonly GoInput[] | undefined,
  ) {
    this.isNil = items === undefined;
    this.#items = items ?? [];
  }

  readonly isNil: boolean;

  /** The number of elements. */
  get length(): number {
    return this.#items.length;
  }

  /** The element at a position that must exist. */
  at(position: number): GoValue {
    return elementValue(this.#items[position], this.type.slice(2));
  }

  /** All elements. */
  values(): GoValue[] {
    return this.#items.map((_, position) => this.at(position));
  }

  /** The elements from start to end as a slice of the same type. */
  slice(start: number, end: number): GoSlice {
    return new GoSlice(this.type, this.#items.slice(start, end));
  }
}

/**
 * Describes a struct. A field's key is its Go name, with the JSON name after a
 * colon where it differs, and `,omitempty` as in a Go tag; `-` as JSON name
 * hides the field from JSON:
 *
 * ```ts
 * goStruct("network.Inspect", {
 *   Name: "kind",
 *   "ID:Id": id,
 *   "ConfigFrom,omitempty": null,
 * });
 * ```
 */
export function goStruct(
  type: string,
  fields: Readonly<Record<string, GoInput>>,
  methods: Readonly<Record<string, GoMethod>> = {},
): GoStruct {
  return new GoStruct(type, fields, methods, "struct");
}

/**
 * Describes one row of a listing. Its JSON has sorted keys and escapes `<`, `>`
 * and `&`, as docker's own rows do.
 */
export function goRow(
  type: string,
  fields: Readonly<Record<string, GoInput>>,
  methods: Readonly<Record<string, GoMethod>> = {},
): GoStruct {
  return new GoStruct(type, fields, methods, "row");
}

/** Makes a map of a stated type; `zero` is what `index` gives for no entry. */
export function goMap(
  entries: Readonly<Record<string, GoInput>>,
  type = "map[string]string",
  zero?: GoInput,
): GoMap {
  return new GoMap(type, entries, zero === undefined ? {} : { zero });
}

/** Makes a slice of a stated type, which matters when it is empty. */
export function goSlice(items: readonly GoInput[], type: string): GoSlice {
  return new GoSlice(type, items);
}

/** The nil of a pointer (`*T`), slice (`[]T`) or map (`map[K]V`) type. */
export function goNil(type: string): GoValue {
  if (type.startsWith("[]")) return new GoSlice(type, undefined);
  if (type.startsWith("map[")) return new GoMap(type, undefined);
  return new NilPointer(type);
}

/** A float64, also when the number is integral. */
export function goFloat(value: number): GoScalar {
  return new GoScalar("float64", "float", value);
}

/** A number or string of a named type, such as `int64`. */
export function goNamed(type: string, value: string | number): GoScalar {
  const kind = typeof value === "string"
    ? "string"
    : type.startsWith("uint")
    ? "uint"
    : type.startsWith("float")
    ? "float"
    : "int";
  return new GoScalar(type, kind, value);
}

/** A value that prints as `text` and is the string `json` in JSON, as a time. */
export function goText(type: string, text: string, json: string): GoScalar {
  return new GoScalar(type, "struct", json, text);
}

/** The Go form of an input; `null` becomes undefined. */
export function goValue(input: GoInput): GoValue {
  if (input === null || input === undefined) return undefined;
  if (typeof input !== "object") return input;
  if (Array.isArray(input)) {
    return new GoSlice(`[]${commonType(input)}`, input);
  }
  if (isGoObject(input)) return input;
  const entries = input as { readonly [key: string]: GoInput };
  const element = commonType(Object.values(entries));
  return new GoMap(`map[string]${element}`, entries);
}

/** The type name that Go would print for a value. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case "undefined":
      return "<nil>";
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
      return Number.isInteger(value) ? "int" : "float64";
  }
  return value instanceof Boxed ? "interface {}" : value.type;
}

/** The value without its interface; undefined when the interface is nil. */
export function unbox(value: GoValue): GoConcrete {
  return value instanceof Boxed ? value.value : value;
}

/** Go's notion of truth: not the zero value, and for collections not empty. */
export function isTrue(value: GoValue): boolean {
  if (value instanceof GoStruct) return true;
  if (value instanceof GoScalar) {
    return value.kind === "struct" || Boolean(value.value);
  }
  return !isEmpty(value);
}

/** Whether `omitempty` leaves the value out of JSON. */
export function isEmpty(value: GoValue): boolean {
  if (value instanceof GoMap) return value.keys.length === 0;
  if (value instanceof GoSlice) return value.length === 0;
  if (value instanceof NilPointer) return true;
  if (value instanceof Boxed) return value.value === undefined;
  if (value instanceof GoScalar) {
    return value.kind !== "struct" && !value.value;
  }
  return value instanceof GoStruct ? false : !value;
}

function parseFieldKey(key: string): GoField {
  const [names = "", ...options] = key.split(",");
  const [name = "", json = name] = names.split(":");
  return {
    name,
    json: json === "-" ? undefined : json,
    omitEmpty: options.includes("omitempty"),
    key,
  };
}

function isGoObject(
  value: object,
): value is GoScalar | GoStruct | GoMap | GoSlice | NilPointer | Boxed {
  return value instanceof GoStruct || value instanceof GoMap ||
    value instanceof GoSlice || value instanceof GoScalar ||
    value instanceof NilPointer || value instanceof Boxed;
}

function fieldValue(input: GoInput): GoValue {
  return goValue(input) ?? new Boxed(undefined);
}

function elementValue(input: GoInput, type: string): GoValue {
  const value = goValue(input);
  if (value instanceof Boxed) return value;
  if (type === "interface {}") return new Boxed(value);
  return value ?? zeroOf(type);
}

function commonType(items: readonly GoInput[]): string {
  if (items.length === 0) return "string";
  const types = new Set(items.map((item) => typeName(goValue(item))));
  const [type = ""] = types;
  return types.size > 1 || type === "<nil>" ? "interface {}" : type;
}

function zeroOf(type: string): GoValue {
  if (type === "interface {}") return new Boxed(undefined);
  if (type === "string") return "";
  if (type === "bool") return false;
  if (type === "int") return 0;
  if (/^(u?int|float)\d+$/.test(type)) return goNamed(type, 0);
  if (/^(\*|\[\]|map\[)/.test(type)) return goNil(type);
  return new GoStruct(type, {}, {}, "struct");
}
