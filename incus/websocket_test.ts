import assert from "node:assert/strict";
import { ByteReader } from "../tests/fake_incus/byte_reader.ts";
import {
  type HttpAnswer,
  HttpServer,
} from "../tests/fake_incus/http_server.ts";
import {
  acceptSocket,
  OPCODE,
  type ServerSocket,
} from "../tests/fake_incus/server_socket.ts";
import { WebSocketConnection } from "./websocket.ts";

const decoder = new TextDecoder();

/** A server that upgrades every request, and one client of it. */
async function connected(
  serve: (socket: ServerSocket) => Promise<void>,
): Promise<{ socket: WebSocketConnection } & AsyncDisposable> {
  const server = await serving((request) =>
    Promise.resolve(acceptSocket(request, serve))
  );
  const socket = await server.open();
  return {
    socket,
    async [Symbol.asyncDispose]() {
      socket.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function serving(
  handler: ConstructorParameters<typeof HttpServer>[1],
): Promise<
  { open: () => Promise<WebSocketConnection> } & AsyncDisposable
> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const server = new HttpServer(path, handler);
  return {
    open: async () =>
      await WebSocketConnection.open(
        await Deno.connect({ transport: "unix", path }),
        "/1.0/x?secret=hidden",
      ),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Everything until the end, pieces of one message joined. */
async function readAll(socket: WebSocketConnection): Promise<string[]> {
  const all: string[] = [];
  for (
    let piece = await socket.read();
    piece;
    piece = await socket.read()
  ) {
    all.push(
      piece.type === "text"
        ? `text:${piece.text}`
        : `binary:${decoder.decode(piece.data)}`,
    );
  }
  return all;
}

Deno.test("WebSocketConnection.read() takes frames of every length", async (t) => {
  for (const size of [0, 1, 125, 126, 65535, 65536, 300_000, 1_000_000]) {
    await t.step(String(size), async () => {
      const bytes = new Uint8Array(size).map((_, at) => at % 251);
      await using link = await connected(async (socket) => {
        await socket.frame(OPCODE.binary, bytes);
        await socket.frame(OPCODE.text, "");
      });
      const got: number[] = [];
      let piece = await link.socket.read();
      for (; piece?.type === "binary"; piece = await link.socket.read()) {
        for (const byte of piece.data) got.push(byte);
      }
      assert.deepEqual(piece, { type: "text", text: "" });
      assert.deepEqual(new Uint8Array(got), bytes);
      assert.equal(await link.socket.read(), null);
    });
  }
});

Deno.test("WebSocketConnection.read() joins fragments, with pings in between", async () => {
  const pongs = Promise.withResolvers<string[]>();
  await using link = await connected(async (socket) => {
    await socket.frame(OPCODE.ping, "1");
    await socket.frame(OPCODE.binary, "ab", false);
    await socket.frame(OPCODE.ping, "2");
    await socket.frame(OPCODE.continuation, "cd", false);
    await socket.frame(OPCODE.continuation, "", false);
    await socket.frame(OPCODE.ping, "");
    await socket.frame(OPCODE.continuation, "ef", true);
    await socket.frame(OPCODE.text, "te", false);
    await socket.frame(OPCODE.ping, "3");
    await socket.frame(OPCODE.continuation, "xt", true);
    await socket.frame(OPCODE.pong, "not asked for");
    await socket.frame(OPCODE.close, "");
    await socket.read();
    pongs.resolve(socket.pongs);
  });
  assert.equal(
    (await readAll(link.socket)).join("").replaceAll("binary:", ""),
    "abcdeftext:text",
  );
  assert.deepEqual(await pongs.promise, ["1", "2", "", "3"]);
});

Deno.test("WebSocketConnection.readOnly() answers no pings", async () => {
  const pongs = Promise.withResolvers<string[]>();
  await using link = await connected(async (socket) => {
    await socket.frame(OPCODE.ping, "1");
    await socket.frame(OPCODE.text, "text", true);
    // The end of the connection comes after any answer.
    await socket.frame(OPCODE.close, "");
    await socket.read();
    pongs.resolve(socket.pongs);
  });
  link.socket.readOnly();
  assert.deepEqual(await readAll(link.socket), ["text:text"]);
  assert.deepEqual(await pongs.promise, []);
});

Deno.test("WebSocketConnection.read() takes what comes with the handshake's end", async () => {
  await using server = await serving((request) => {
    const answer = acceptSocket(request, () => Promise.resolve());
    return Promise.resolve({
      // Head and frames leave in one write.
      upgrade: async (conn: Deno.Conn) => {
        const chunks: Uint8Array<ArrayBuffer>[] = [];
        const collecting = {
          write: (data: Uint8Array) => {
            chunks.push(data.slice());
            return Promise.resolve(data.length);
          },
          close: () => {},
        } as unknown as Deno.Conn;
        await answer.upgrade(collecting, new ByteReader(collecting));
        const frames = [0x82, 2, 0x68, 0x69, 0x81, 0];
        chunks.push(new Uint8Array(frames));
        await conn.write(await new Blob(chunks).bytes());
      },
    });
  });
  using socket = await server.open();
  assert.deepEqual(await readAll(socket), ["binary:hi", "text:"]);
});

Deno.test("WebSocketConnection.read() takes a broken connection for the end", async (t) => {
  const cases: [string, (socket: ServerSocket) => Promise<void>][] = [
    ["at once", () => Promise.resolve()],
    ["after a message", (socket) => socket.sendEnd()],
    ["with a close frame", (socket) => socket.frame(OPCODE.close, "\x03\xe8")],
  ];
  for (const [name, serve] of cases) {
    await t.step(name, async () => {
      await using link = await connected(serve);
      await readAll(link.socket);
      assert.equal(await link.socket.read(), null);
      link.socket.close();
    });
  }
});

Deno.test("WebSocketConnection sends messages of every length, masked", async () => {
  const sizes = [0, 1, 125, 126, 65535, 65536, 200_000];
  const got = Promise.withResolvers<number[]>();
  await using link = await connected(async (socket) => {
    const lengths: number[] = [];
    for (
      let message = await socket.read();
      message?.type === "binary";
      message = await socket.read()
    ) lengths.push(message.data.length);
    got.resolve(lengths);
  });
  // Not awaited one by one: they must not get mixed up.
  await Promise.all(
    sizes.map((size) => link.socket.sendBytes(new Uint8Array(size))),
  );
  await link.socket.sendText("end");
  assert.deepEqual(await got.promise, sizes);
});

Deno.test("WebSocketConnection.open() throws what the server says instead", async (t) => {
  const json = (status: number, error: string): HttpAnswer => ({
    status,
    body: JSON.stringify({ type: "error", error, error_code: status }),
  });
  const cases: { name: string; answer: HttpAnswer; want: object }[] = [
    {
      name: "an error of the API",
      answer: json(403, "not authorized"),
      want: { name: "IncusError", status: 403, message: "not authorized" },
    },
    {
      name: "plain text",
      answer: { status: 500, body: "oops\n" },
      want: { status: 500, message: "oops" },
    },
    {
      name: "nothing",
      answer: { status: 502, body: "" },
      want: { status: 502, message: "unexpected reply: 502" },
    },
    {
      name: "no answer at all",
      answer: "drop",
      want: { message: "no answer to the handshake" },
    },
    {
      name: "a wrong handshake",
      answer: {
        upgrade: async (conn) => {
          await conn.write(new TextEncoder().encode(
            "HTTP/1.1 101 Switching Protocols\r\n" +
              "Sec-WebSocket-Accept: bm8=\r\n\r\n",
          ));
        },
      },
      want: { message: "the server's WebSocket handshake is wrong" },
    },
  ];
  for (const { name, answer, want } of cases) {
    await t.step(name, async () => {
      await using server = await serving(() => Promise.resolve(answer));
      await assert.rejects(server.open(), want);
    });
  }
});

Deno.test("WebSocketConnection.open() keeps secrets out of its errors", async () => {
  await using server = await serving(() =>
    Promise.resolve({ status: 500, body: "no" })
  );
  await assert.rejects(server.open(), (error) => {
    assert.ok(!JSON.stringify(error).includes("hidden"));
    return true;
  });
});
