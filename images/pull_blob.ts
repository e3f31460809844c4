import type { Descriptor } from "./manifest.ts";
import { RegistryError } from "./registry_error.ts";
import type { StreamAnswer } from "./registry_exchange.ts";
import { isBroken, retrying, type RetryOptions } from "./registry_retry.ts";
import type { RegistryTransport } from "./registry_transport.ts";
import { type Ingest, IngestError } from "./store.ts";

/** How a blob is got. */
export interface PullBlobOptions extends RetryOptions {
  /** Told how many bytes are there, also those of an earlier pull. */
  onBytes?: (there: number) => void;
}

/** So much has to come for a broken connection not to count as a failed try. */
const FURTHER = 1024 * 1024;

/**
 * Gets a blob into the store, checked against its digest. Where the connection
 * breaks it goes on from there, also where an earlier process left off.
 */
export async function pullBlob(
  ingest: Ingest,
  transport: RegistryTransport,
  blob: Descriptor,
  options: PullBlobOptions,
): Promise<void> {
  try {
    await receive(ingest, transport, blob, options);
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    throw new RegistryError({
      kind: "invalid-content",
      method: "GET",
      url: new URL(
        `${transport.repository}/blobs/${blob.digest}`,
        transport.base,
      ),
      text: error.incomplete
        ? `layer ${blob.digest} ends early`
        : `filesystem layer verification failed for digest ${blob.digest}`,
    });
  }
}

async function receive(
  ingest: Ingest,
  transport: RegistryTransport,
  { digest, size }: Descriptor,
  options: PullBlobOptions,
): Promise<void> {
  let arrived = 0;
  await retrying(options, async () => {
    arrived = 0;
    await ingest.resumeBlob({ digest, size }, async (offset) => {
      options.onBytes?.(offset);
      const answer = await transport.open(`blobs/${digest}`, {
        // What is hashed is what is stored, and not what it unpacks to.
        "accept-encoding": "identity",
        ...(offset > 0 && { range: `bytes=${offset}-` }),
      });
      return (await bytesFrom(answer, offset)).pipeThrough(
        counted((count) => {
          options.signal.throwIfAborted();
          arrived += count;
          options.onBytes?.(offset + arrived);
        }),
      );
    });
  }, {
    isFurther: () => arrived >= FURTHER,
    worthwhile: (error) =>
      isBroken(error) || (error instanceof IngestError && error.incomplete),
  });
}

/** The bytes of an answer from one on, whether or not the registry knows ranges. */
async function bytesFrom(
  answer: StreamAnswer,
  offset: number,
): Promise<ReadableStream<Uint8Array>> {
  if (offset === 0 || answer.status === 200) {
    return offset === 0 ? answer.body : answer.body.pipeThrough(skip(offset));
  }
  const range = answer.headers.get("content-range") ?? "";
  if (answer.status === 206 && range.startsWith(`bytes ${offset}-`)) {
    return answer.body;
  }
  await answer.body.cancel();
  throw new RegistryError({
    kind: "invalid-content",
    method: "GET",
    url: answer.url,
    status: answer.status,
    text: `the registry sends another part than the one from byte ${offset} on`,
  });
}

function skip(count: number): TransformStream<Uint8Array, Uint8Array> {
  let left = count;
  return new TransformStream({
    transform(chunk, stream) {
      if (left < chunk.length) stream.enqueue(chunk.subarray(left));
      left = Math.max(0, left - chunk.length);
    },
  });
}

function counted(
  onCount: (bytes: number) => void,
): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, stream) {
      onCount(chunk.length);
      stream.enqueue(chunk);
    },
  });
}
