/**
 * The values of `--filter`, by key.
 *
 * Values of one key are alternatives, except labels, which all have to be there; different keys all
 * have to match. A key that was not given matches everything.
 */
export class Filters {
  readonly #values = new Map<string, Set<string>>();

  /**
   * Parses values of `--filter`, as `label=io.x-k8s.kind.cluster=kind` or `name=^kind$`.
   *
   * @throws {SyntaxError} With the reason that docker puts after `invalid argument … for "-f, --filter" flag: `.
   */
  static parse(texts: Iterable<string>): Filters {
    const filters = new Filters();
    for (const text of texts) {
      if (text === "") continue;
      const equals = text.indexOf("=");
      if (equals < 0) {
        throw new SyntaxError(
          "bad format of filter (expected name=value)",
        );
      }
      filters.add(
        text.slice(0, equals).trim().toLowerCase(),
        text.slice(equals + 1).trim(),
      );
    }
    return filters;
  }

  /** Adds an alternative to a key. */
  add(key: string, value: string) {
    const values = this.#values.get(key) ?? new Set();
    this.#values.set(key, values.add(value));
  }

  /** Tells whether a key was given. */
  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** The values of a key in the order given. */
  get(key: string): string[] {
    return [...this.#values.get(key) ?? []];
  }

  /**
   * Refuses keys that a command does not know.
   *
   * @throws {RangeError} With the text of docker's daemon, as `invalid filter 'foo'`.
   */
  accept(...keys: readonly string[]) {
    for (const key of this.#values.keys()) {
      if (keys.includes(key)) continue;
      throw new RangeError(key ? `invalid filter '${key}'` : "invalid filter");
    }
  }

  /** Tells whether any value is, or is a regular expression found in, any of the candidates. */
  matchesPattern(key: string, ...candidates: readonly string[]): boolean {
    return this.#matches(key, (value) => {
      if (candidates.includes(value)) return true;
      const pattern = toRegExp(value);
      return pattern !== undefined &&
        candidates.some((candidate) => pattern.test(candidate));
    });
  }

  /** Tells whether any value is one of the candidates. */
  matchesExactly(key: string, ...candidates: readonly string[]): boolean {
    return this.#matches(key, (value) => candidates.includes(value));
  }

  /** Tells whether all labels asked for are there; `KEY` alone asks for any value. */
  matchesLabels(
    labels: Readonly<Record<string, string>>,
    key = "label",
  ): boolean {
    return this.get(key).every((text) => {
      const equals = text.indexOf("=");
      const name = equals < 0 ? text : text.slice(0, equals);
      if (!Object.hasOwn(labels, name)) return false;
      return equals < 0 || labels[name] === text.slice(equals + 1);
    });
  }

  /**
   * Reads a key as a boolean, undefined when it was not given.
   *
   * @throws {RangeError} With the text of docker's daemon, as `invalid filter 'dangling=[x]'`.
   */
  boolean(key: string): boolean | undefined {
    if (!this.has(key)) return undefined;
    const values = this.get(key);
    const isTrue = values.includes("1") || values.includes("true");
    const isFalse = values.includes("0") || values.includes("false");
    if (isTrue === isFalse) {
      throw new RangeError(`invalid filter '${key}=[${values.join(" ")}]'`);
    }
    return isTrue;
  }

  #matches(key: string, test: (value: string) => boolean): boolean {
    const values = this.#values.get(key);
    return values === undefined || [...values].some(test);
  }
}

/** Reads a Go regular expression; undefined, which matches nothing, when it is malformed. */
function toRegExp(text: string): RegExp | undefined {
  const [, flags = "", pattern = ""] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text)!;
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}
