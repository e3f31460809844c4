/**
 * Sending an image to the server.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { IncusError, isAlreadyExists } from "./errors.ts";
import type { Operation, WaitOptions } from "./operation.ts";

/** The two parts of an image. */
export interface ImageArchives {
  /** An archive with `metadata.yaml`. */
  metadata: Uint8Array;
  /** An archive of the root file system; it is sent as it is made. */
  rootfs: ReadableStream<Uint8Array>;
}

/** An image that the server has. */
export interface UploadedImage {
  fingerprint: string;
  /** False when the server had it already. */
  fresh: boolean;
}

/**
 * Sends an image. The server tells images apart by their bytes, so one that it
 * has already is fine.
 *
 * An error of the archive's stream comes out as it is, and the server forgets
 * what it got.
 */
export async function uploadImage(
  client: IncusClient,
  archives: ImageArchives,
  options: WaitOptions = {},
): Promise<UploadedImage> {
  const { signal } = options;
  const boundary = `kini-${crypto.randomUUID()}`;
  const broken: { error?: unknown } = {};
  const operation = await client.start("POST", "/1.0/images", {
    rawBody: multipart(archives, boundary, broken),
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    ...(signal && { signal }),
  }).catch((error) => {
    // What comes out of a request has lost its class.
    throw "error" in broken ? broken.error : error;
  });
  if (!operation) throw noFingerprint();
  try {
    await operation.wait(options);
  } catch (error) {
    if (signal?.aborted) await operation.settle();
    const fingerprint = fingerprintOf(operation);
    if (!isAlreadyExists(error) || !fingerprint) throw error;
    return { fingerprint, fresh: false };
  }
  const fingerprint = fingerprintOf(operation);
  if (!fingerprint) throw noFingerprint();
  return { fingerprint, fresh: true };
}

/**
 * The order of the parts is the server's; each needs the name of a file.
 *
 * @param broken gets the error of the archive's stream.
 */
function multipart(
  { metadata, rootfs }: ImageArchives,
  boundary: string,
  broken: { error?: unknown },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const head = (name: string) =>
    encoder.encode(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; ` +
        `filename="${name}.tar"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    );
  const source = rootfs.getReader();
  const before = [
    head("metadata"),
    metadata,
    encoder.encode("\r\n"),
    head("rootfs"),
  ];
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const first = before.shift();
      if (first) return controller.enqueue(first);
      const { done, value } = await source.read().catch((error) => {
        broken.error = error;
        throw error;
      });
      if (!done) return controller.enqueue(value);
      controller.enqueue(encoder.encode(`\r\n--${boundary}--\r\n`));
      controller.close();
    },
    cancel: (reason) => source.cancel(reason),
  }, { highWaterMark: 1 });
}

function fingerprintOf({ data }: Operation): string | undefined {
  const fingerprint = data.metadata?.fingerprint;
  return typeof fingerprint === "string" ? fingerprint : undefined;
}

function noFingerprint(): IncusError {
  return new IncusError(500, "POST images", "the server named no fingerprint");
}
