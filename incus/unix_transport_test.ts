import assert from "node:assert/strict";
import { UnixTransport } from "./unix_transport.ts";

const REPLY = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
);

/** Answers all requests of a connection; returns how many there were. */
async function serve(connection: Deno.Conn): Promise<number> {
  const buffer = new Uint8Array(4096);
  let text = "";
  let requests = 0;
  for (
    let size = await connection.read(buffer);
    size !== null;
    size = await connection.read(buffer)
  ) {
    text += new TextDecoder().decode(buffer.subarray(0, size));
    while (text.includes("\r\n\r\n")) {
      text = text.slice(text.indexOf("\r\n\r\n") + 4);
      requests++;
      await connection.write(REPLY);
    }
  }
  connection.close();
  return requests;
}

// LXD 5.0 reads from a connection before it accepts the next one.
Deno.test("UnixTransport opens no connection that it doesn't use", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/unix.socket`;
  const listener = Deno.listen({ transport: "unix", path });
  const served: Promise<number>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) served.push(serve(connection));
  })();
  const transport = new UnixTransport(path);
  try {
    for (let count = 0; count < 20; count++) {
      const reply = await transport.fetch("/1.0", {
        method: "GET",
        headers: new Headers(),
        body: null,
      });
      assert.equal(await reply.text(), "{}");
    }
  } finally {
    transport.close();
    listener.close();
    await accepting;
    await Deno.remove(folder, { recursive: true });
  }
  assert.deepEqual(await Promise.all(served), Array<number>(20).fill(1));
});
