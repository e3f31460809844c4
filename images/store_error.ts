/** The local image store cannot be used; the message says what to do. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
}

/**
 * What to throw where a file of the store could not be read or written: the
 * system's reason as a sentence that says what to do; any other error as it is.
 *
 * @param path the file or folder.
 */
export function storeFailure(
  action: "read" | "write to",
  path: string,
  cause: unknown,
): unknown {
  const code = Object(cause).code;
  if (!(cause instanceof Error) || !/^E[A-Z0-9]+$/.test(code)) return cause;
  const [reason = ""] = cause.message.split(" (os error");
  const remedy = code === "ENOSPC" || code === "EDQUOT"
    ? "make room there"
    : "put that right";
  return new StoreError(
    `Cannot ${action} the image store, "${path}": ${reason}; ${remedy}, or ` +
      "set KINI_CACHE to another folder",
    { cause },
  );
}

/** A blob that something refers to is not in the store. */
export class BlobMissingError extends StoreError {
  override readonly name = "BlobMissingError";
  readonly digest: string;

  constructor(digest: string, options?: ErrorOptions) {
    super(`The image store has no blob ${digest}`, options);
    this.digest = digest;
  }
}

/** Bytes on their way into the store are not what was announced. */
export class IngestError extends StoreError {
  override readonly name = "IngestError";
  /** Bytes are missing at the end; those that came are right as far as known. */
  readonly incomplete: boolean;

  constructor(
    message: string,
    options: ErrorOptions & { incomplete?: boolean } = {},
  ) {
    super(message, options);
    this.incomplete = options.incomplete ?? false;
  }
}
