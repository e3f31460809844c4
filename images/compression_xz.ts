import { forgetRequire } from "./compression_xz_require.ts";
import * as library from "xz-decompress";
import { CompressionError } from "./compression_error.ts";

forgetRequire();

type Library = Pick<typeof library, "XzReadableStream">;

/** A bundle has the library's names; without one they are in its default. */
const { XzReadableStream } =
  (library as Library & { default?: Library }).default ?? library;

/** The library reads one stream at a time, and a second one would wait. */
let busy = false;

/** Reads xz. */
export async function* unxz(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (busy) {
    throw new CompressionError("it has xz in what is xz already");
  }
  busy = true;
  let failure: unknown;
  const compressed = (async function* () {
    try {
      yield* source;
    } catch (error) {
      failure = error;
      throw error;
    }
  })();
  try {
    yield* new XzReadableStream(ReadableStream.from(compressed));
  } catch (cause) {
    throw failure ??
      new CompressionError("its xz compression is damaged or cut off", {
        cause,
      });
  } finally {
    busy = false;
    await compressed.return();
  }
}
