/**
 * The xz library asks for a module of Node's that it only needs where there
 * are no web streams. In a bundle it would fail over that, so it gets an
 * answer while it loads; this module must be imported before it.
 *
 * @module
 */

const globals = globalThis as { require?: unknown };
if (globals.require === undefined) {
  globals.require = () => ({ ReadableStream });
}

/** Takes the answer away, once the library is there. */
export function forgetRequire(): void {
  delete globals.require;
}
