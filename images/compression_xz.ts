import xz from "xz-decompress";
import { CompressionError } from "./compression_error.ts";

/** Reads xz. */
export async function* unxz(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  const compressed = ReadableStream.from((async function* () {
    try {
      yield* source;
    } catch (error) {
      failure = error;
      throw error;
    }
  })());
  try {
    yield* new xz.XzReadableStream(compressed);
  } catch (cause) {
    throw failure ??
      new CompressionError("its xz compression is damaged or cut off", {
        cause,
      });
  }
}
