/** Compressed bytes that can't be read; the message is a whole sentence's part. */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
}
