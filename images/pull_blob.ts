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
      return passing(await bytesFrom(answer, offset), (chunk) => {
        options.signal.throwIfAborted();
        arrived += chunk.length;
        options.onBytes?.(offset + arrived);
        return chunk;
      });
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
  if (offset === 0) return answer.body;
  if (answer.status === 200) return withoutFirst(answer.body, offset);
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

function withoutFirst(
  body: ReadableStream<Uint8Array>,
  count: number,
): ReadableStream<Uint8Array> {
  let left = count;
  return passing(body, (chunk) => {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    return rest;
  });
}

/**
 * A stream of what `change` makes of each chunk. Unlike a TransformStream it
 * keeps none: one that waits there is lost when the connection breaks.
 */
function passing(
  body: ReadableStream<Uint8Array>,
  change: (chunk: Uint8Array) => Uint8Array,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(stream) {
      const { done, value } = await reader.read();
      if (done) return stream.close();
      try {
        stream.enqueue(change(value));
      } catch (error) {
        await reader.cancel(error);
        throw error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
