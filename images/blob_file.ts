import { hasDigest } from "./digest.ts";
import { StoreError } from "./store_error.ts";

/** Reads an open blob to its end, checks and closes it. */
export async function readBlobFile(
  file: Deno.FsFile,
  digest: string,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { size } = await file.stat();
    if (size > limit) {
      throw new StoreError(
        `Blob ${digest} has ${size} bytes where at most ${limit} make sense`,
      );
    }
    bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const count = await file.read(bytes.subarray(at));
      if (count === null) break;
      at += count;
    }
  } finally {
    file.close();
  }
  if (!await hasDigest(bytes, digest)) {
    throw new StoreError(
      `Blob ${digest} in the image store is damaged: ` +
        '"kini images verify" tells what to do',
    );
  }
  return bytes;
}
