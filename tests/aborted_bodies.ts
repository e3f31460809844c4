/**
 * Run by aborted_bodies_test.ts, with a garbage collector that can be called:
 * bodies that stand still are aborted after everything unused is gone.
 */
import assert from "node:assert/strict";
import { Exchange } from "../images/registry_exchange.ts";
import { UnixTransport } from "../incus/unix_transport.ts";

declare const gc: () => void;

/** A body that never ends. */
function stalled(): Response {
  return new Response(
    new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }),
  );
}

async function firstByte(
  body: ReadableStream<Uint8Array>,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const reader = body.getReader();
  await reader.read();
  return reader;
}

/** Fails when the reader doesn't. */
async function assertAborted(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: AbortController,
): Promise<void> {
  const next = reader.read();
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    gc();
  }
  const reason = new Error("Ctrl-C");
  controller.abort(reason);
  await assert.rejects(next, (error) => error === reason);
}

const [path = ""] = Deno.args;
const quiet = { onListen: () => {} };
const socket = Deno.serve({ path, transport: "unix", ...quiet }, stalled);
const port = Deno.serve({ hostname: "127.0.0.1", port: 0, ...quiet }, stalled);

const unix = new UnixTransport(path);
const server = new AbortController();
await assertAborted(
  await firstByte(
    (await unix.fetch("/1.0/instances/c1/console", {
      method: "GET",
      headers: new Headers(),
      body: null,
      signal: server.signal,
    })).body!,
  ),
  server,
);

const registry = new AbortController();
const exchange = new Exchange({ signal: registry.signal });
const url = new URL(`http://127.0.0.1:${port.addr.port}/v2/a/b/blobs/c`);
const answer = await exchange.open(url, new Headers());
assert.ok("body" in answer && answer.body instanceof ReadableStream);
await assertAborted(await firstByte(answer.body), registry);

unix.close();
await Promise.all([socket.shutdown(), port.shutdown()]);
