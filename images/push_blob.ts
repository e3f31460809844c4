import type { Descriptor } from "./manifest.ts";
import { RegistryError } from "./registry_error.ts";
import { isBroken, retrying, type RetryOptions } from "./registry_retry.ts";
import type { RegistryTransport } from "./registry_transport.ts";
import type { ImageStore } from "./store.ts";

/** How a blob came to be in the registry. */
export type BlobFate = "present" | "mounted" | "pushed";

/** How a blob is sent. */
export interface PushBlobOptions extends RetryOptions {
  /** A repository of the same registry that should have it. */
  mountFrom?: string | undefined;
  /** Told how many bytes were sent. */
  onBytes?: (sent: number) => void;
}

/** Up to so many bytes go in one request. */
const SMALL = 1024 * 1024;
const OCTETS = { "content-type": "application/octet-stream" };

/**
 * Sends a blob of the store, unless the registry has it. Where the connection
 * breaks it goes on after what the registry says it got.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
export async function pushBlob(
  store: ImageStore,
  transport: RegistryTransport,
  blob: Descriptor,
  options: PushBlobOptions,
): Promise<BlobFate> {
  if (await isThere(transport, blob, options)) return "present";
  const begun = await begin(transport, blob, options);
  if (begun === "mounted") return begun;
  let location: URL | undefined = begun;
  let sent = 0;
  let from = 0;
  let again = false;
  await retrying(options, async () => {
    if (again) {
      ({ location, from } = await whereWeAre(transport, location));
    }
    again = true;
    location ??= await start(transport);
    from = sent = Math.min(from, blob.size);
    location = await sendBytes(store, transport, blob, {
      location,
      from,
      onBytes: (count) => {
        options.signal.throwIfAborted();
        options.onBytes?.(sent = from + count);
      },
    });
  }, { worthwhile: isBroken, isFurther: () => sent - from >= SMALL });
  return "pushed";
}

async function isThere(
  transport: RegistryTransport,
  { digest }: Descriptor,
  options: RetryOptions,
): Promise<boolean> {
  const answer = await retrying(options, () =>
    transport.send({
      method: "HEAD",
      to: `blobs/${digest}`,
      // A redirect leads to where it is.
      expect: [200, 301, 302, 303, 307, 308, 404],
    }));
  return answer.status !== 404;
}

/** Begins an upload, or finds that the registry could do without one. */
async function begin(
  transport: RegistryTransport,
  { digest }: Descriptor,
  { mountFrom, ...options }: PushBlobOptions,
): Promise<URL | "mounted"> {
  if (mountFrom === undefined) {
    return await retrying(options, () => start(transport));
  }
  const query = new URLSearchParams({ mount: digest, from: mountFrom });
  try {
    const answer = await transport.send({
      method: "POST",
      to: `blobs/uploads/?${query}`,
      expect: [201, 202],
    });
    return answer.status === 201 ? "mounted" : transport.locationOf(answer);
  } catch (error) {
    // Whoever may not read there may still write here.
    if (!(error instanceof RegistryError)) throw error;
    return await retrying(options, () => start(transport));
  }
}

async function start(transport: RegistryTransport): Promise<URL> {
  const answer = await transport.send({
    method: "POST",
    to: "blobs/uploads/",
    expect: [202],
  });
  return transport.locationOf(answer);
}

/** How far an upload got that broke off; without a location it is gone. */
async function whereWeAre(
  transport: RegistryTransport,
  location: URL | undefined,
): Promise<{ location: URL | undefined; from: number }> {
  if (location) {
    const answer = await transport.send({
      method: "GET",
      to: location,
      expect: [200, 204, 400, 404, 405],
    });
    const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get("range") ?? "");
    if (answer.status < 300) {
      return {
        location: answer.target ? transport.locationOf(answer) : location,
        // Registries say "0-0" of nothing, too.
        from: last && last[1] !== "0" ? Number(last[1]) + 1 : 0,
      };
    }
  }
  return { location: undefined, from: 0 };
}

/** Sends the bytes from one on, and ends the upload; gives where that was. */
async function sendBytes(
  store: ImageStore,
  transport: RegistryTransport,
  { digest, size }: Descriptor,
  { location, from, onBytes }: {
    location: URL;
    from: number;
    onBytes: (count: number) => void;
  },
): Promise<URL> {
  const finish = new URL(location);
  if (size <= SMALL && from === 0) {
    const bytes = await store.readBlob(digest, SMALL);
    finish.searchParams.set("digest", digest);
    await transport.send({
      method: "PUT",
      to: finish,
      headers: OCTETS,
      body: () => bytes,
      expect: [201, 204],
    });
    onBytes(size);
    return location;
  }
  let at = location;
  if (from < size) {
    const answer = await transport.send({
      method: "PATCH",
      to: location,
      headers: {
        ...OCTETS,
        ...(from > 0 && { "content-range": `${from}-${size - 1}` }),
      },
      body: () => readFrom(store.blobPath(digest), from, onBytes),
      expect: [200, 202, 204],
    });
    at = transport.locationOf(answer);
  }
  const end = new URL(at);
  end.searchParams.set("digest", digest);
  await transport.send({ method: "PUT", to: end, expect: [201, 204] });
  return at;
}

async function readFrom(
  path: string,
  from: number,
  onBytes: (count: number) => void,
): Promise<ReadableStream<Uint8Array>> {
  const file = await Deno.open(path);
  await file.seek(from, Deno.SeekMode.Start);
  let count = 0;
  return file.readable.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, stream) {
        onBytes(count += chunk.length);
        stream.enqueue(chunk);
      },
    }),
  );
}
