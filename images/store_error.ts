/** The local image store cannot be used; the message says what to do. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
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
