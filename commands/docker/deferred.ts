/**
 * Facts that cost a request of their own and that most output does without.
 *
 * @module
 */

/** One fact. Reading it before it is loaded gives a stand-in and notes that it is wanted. */
export class Deferred<T> {
  readonly #load: () => Promise<T>;
  #value: T;
  #wanted = false;
  #loaded = false;

  constructor(standIn: T, load: () => Promise<T>) {
    this.#value = standIn;
    this.#load = load;
  }

  /** The value, or the stand-in. */
  get(): T {
    this.#wanted = true;
    return this.#value;
  }

  /** Loads the value if somebody wanted it and nobody loaded it; `undefined` when there is nothing to do. */
  load(): Promise<void> | undefined {
    if (!this.#wanted || this.#loaded) return undefined;
    this.#loaded = true;
    return this.#load().then((value) => {
      this.#value = value;
    });
  }
}

/**
 * Renders, loads what the output turned out to show, and renders again. So the
 * template itself decides which requests are made.
 */
export async function renderDeferred(
  deferred: readonly Deferred<unknown>[],
  render: () => string,
): Promise<string> {
  while (true) {
    let text = "";
    let failure: unknown;
    try {
      text = render();
    } catch (error) {
      failure = error;
    }
    const loads = deferred.map((one) => one.load())
      .filter((load) => load !== undefined);
    if (loads.length === 0) {
      if (failure !== undefined) throw failure;
      return text;
    }
    await Promise.all(loads);
  }
}
