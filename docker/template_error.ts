/**
 * A template that cannot be parsed (exit code 64 in most commands) or executed
 * (exit code 1), with Go's text.
 */
export class TemplateError extends Error {
  override name = "TemplateError";

  constructor(
    message: string,
    /** What the docker command exits with. */
    readonly exitCode: number,
    /** What docker has written to stdout by then. */
    readonly stdout = "",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a template function throws to say why it failed. */
export class CallError extends Error {
  override name = "CallError";
}
