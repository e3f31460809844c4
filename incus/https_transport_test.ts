import assert from "node:assert/strict";
import { selfSignedCertificate } from "../images/self_signed_certificate.ts";
import { certificateBytes, dnsNames } from "./certificate.ts";
import { IncusClient } from "./client.ts";
import type { HttpsServer } from "./https_server.ts";

/** A server by HTTPS, and how to reach it. */
async function withServer(
  handler: Deno.ServeHandler,
  run: (
    client: IncusClient,
    server: HttpsServer,
    pair: { cert: string; key: string },
  ) => Promise<void>,
  change: (server: HttpsServer) => HttpsServer = (server) => server,
): Promise<void> {
  const pair = await selfSignedCertificate();
  const stop = new AbortController();
  const served = Deno.serve({
    ...pair,
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, handler);
  const server: HttpsServer = change({
    name: "lab",
    product: "incus",
    addresses: [`https://127.0.0.1:${served.addr.port}`],
    ...pair,
    certFile: "client.crt",
    ca: pair.cert,
    pinned: certificateBytes(pair.cert),
  });
  const client = new IncusClient({ path: "", https: server });
  try {
    await run(client, server, pair);
  } finally {
    client[Symbol.dispose]();
    stop.abort();
    await served.finished;
  }
}

const sync = (metadata: unknown, init?: ResponseInit) =>
  Response.json({ type: "sync", metadata }, init);

Deno.test("HttpsTransport sends requests on one connection, bodies of each kind", async () => {
  const seen: string[] = [];
  const ports = new Set<number>();
  await withServer(async (request, { remoteAddr }) => {
    ports.add((remoteAddr as Deno.NetAddr).port);
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    seen.push(`${request.method} ${pathname}${search} ${body}`);
    return request.method === "DELETE"
      ? new Response(null, { status: 204 })
      : sync(body.length);
  }, async (client) => {
    assert.equal(await client.get("/1.0/a", { query: { x: "ü" } }), 0);
    assert.equal(
      await client.request("POST", "/1.0/b", { body: { a: "ü" } }),
      9,
    );
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const one of ["one ", "", "two"]) {
          controller.enqueue(new TextEncoder().encode(one));
        }
        controller.close();
      },
    });
    assert.equal(
      await client.request("PUT", "/1.0/c", { rawBody: stream }),
      7,
    );
    assert.equal((await client.raw("DELETE", "/1.0/d")).status, 204);
    assert.equal((await client.raw("HEAD", "/1.0/e")).status, 200);
    assert.equal(await client.get("/1.0/f"), 0);
  });
  assert.deepEqual(seen, [
    "GET /1.0/a?x=%C3%BC ",
    'POST /1.0/b {"a":"ü"}',
    "PUT /1.0/c one two",
    "DELETE /1.0/d ",
    "HEAD /1.0/e ",
    "GET /1.0/f ",
  ]);
  assert.equal(ports.size, 1);
});

Deno.test("HttpsTransport reads large replies piece by piece, whole", async () => {
  const size = 5_000_003;
  await withServer(() => {
    let left = size;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (left === 0) return controller.close();
          const piece = Math.min(left, 70_001);
          left -= piece;
          controller.enqueue(new Uint8Array(piece).fill(left % 251));
        },
      }),
    );
  }, async (client) => {
    let read = 0;
    const reply = await client.raw("GET", "/1.0/big");
    for await (const piece of reply.body!) read += piece.length;
    assert.equal(read, size);
  });
});

Deno.test("HttpsTransport takes an answer that comes before the body has gone", async () => {
  await withServer(
    () =>
      Response.json({ type: "error", error: "too large", error_code: 413 }, {
        status: 413,
      }),
    async (client) => {
      let canceled = false;
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(65536)),
        cancel() {
          canceled = true;
        },
      });
      await assert.rejects(
        client.request("POST", "/1.0/images", { rawBody: endless }),
        { name: "IncusError", status: 413, message: "too large" },
      );
      assert.ok(canceled);
    },
  );
});

Deno.test("HttpsTransport gives the error of a body as it is", async () => {
  await withServer(async (request) => {
    await request.arrayBuffer().catch(() => {});
    return sync(null);
  }, async (client) => {
    const broken = new ReadableStream<Uint8Array>({
      pull: () => Promise.reject(new RangeError("the disk is gone")),
    });
    await assert.rejects(
      client.request("POST", "/1.0/images", { rawBody: broken }),
      { name: "RangeError", message: "the disk is gone" },
    );
  });
});

Deno.test("HttpsTransport stops waiting when it is told to", async () => {
  await withServer(async (request) => {
    await new Promise((resolve) =>
      request.signal.addEventListener("abort", resolve)
    );
    return sync(null);
  }, async (client) => {
    const stop = new AbortController();
    const waiting = client.get("/1.0/wait", { signal: stop.signal });
    queueMicrotask(() => stop.abort(new DOMException("SIGINT", "AbortError")));
    await assert.rejects(waiting, { name: "AbortError", message: "SIGINT" });
  });
});

Deno.test("HttpsTransport accepts the pinned certificate and no other", async (t) => {
  const other = await selfSignedCertificate();
  const cases: [string, Partial<HttpsServer>, RegExp][] = [
    [
      "another certificate is pinned",
      { ca: other.cert, pinned: certificateBytes(other.cert) },
      /^Cannot trust the server "lab" at https:\/\/127\.0\.0\.1:\d+: .*If its certificate was changed on purpose, remove the remote and add it anew$/,
    ],
    [
      "a trusted certificate that is not the pinned one",
      { pinned: certificateBytes(other.cert) },
      /: it is not the pinned certificate\. If its certificate was changed/,
    ],
    ["another name", { serverName: "other" }, /not valid for name "other"/],
  ];
  for (const [name, change, message] of cases) {
    await t.step(name, () =>
      withServer(
        () => assert.fail("a request came"),
        (client) =>
          assert.rejects(client.get("/1.0"), {
            name: "ConnectionError",
            message,
          }),
        (server) => ({ ...server, ...change }),
      ));
  }
  await t.step(
    "nothing is pinned, but an authority is trusted",
    () =>
      withServer(
        () => sync("in"),
        async (client) => assert.equal(await client.get("/1.0/x"), "in"),
        ({ pinned: _, ...server }) => server,
      ),
  );
  await t.step("nothing is pinned", () =>
    withServer(
      () => assert.fail("a request came"),
      (client) =>
        assert.rejects(client.get("/1.0"), {
          name: "ConnectionError",
          message: /trusted here\. Pin its certificate by adding it/,
        }),
      ({ pinned: _1, ca: _2, ...server }) => server,
    ));
});

Deno.test("HttpsTransport tries every address, and names those that failed", async () => {
  await withServer(
    () => sync({ auth: "trusted" }),
    async (client, { addresses }) => {
      assert.equal(addresses.length, 2);
      assert.deepEqual(await client.get("/1.0/x"), { auth: "trusted" });
    },
    (server) => ({
      ...server,
      addresses: ["https://127.0.0.1:1", ...server.addresses],
    }),
  );
  await withServer(
    () => sync(null),
    (client) =>
      assert.rejects(client.get("/1.0/x"), {
        name: "ConnectionError",
        message:
          /^Cannot connect to the server "lab": tried https:\/\/127\.0\.0\.1:1 \(connection refused\), https:\/\/localhost:1 \(connection refused\)\. Is it running, /,
      }),
    (server) => ({
      ...server,
      addresses: ["https://127.0.0.1:1", "https://localhost:1"],
    }),
  );
});

Deno.test("HttpsTransport says what else answers at the address", async (t) => {
  await t.step("no TLS", async () => {
    await using plain = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response("hello"),
    );
    const { port } = plain.addr;
    await withServer(
      () => assert.fail("a request came"),
      (client) =>
        assert.rejects(client.get("/1.0"), {
          name: "ConnectionError",
          message: `Cannot connect to the server "lab" at https://127.0.0.1:` +
            `${port}: what answers there does not speak TLS. Is it the right port?`,
        }),
      (server) => ({ ...server, addresses: [`https://127.0.0.1:${port}`] }),
    );
  });
  await t.step("another program", () =>
    withServer(
      () => new Response("<html>404 page not found</html>", { status: 404 }),
      (client, { addresses }) =>
        assert.rejects(client.get("/1.0/instances"), {
          name: "ConnectionError",
          message: `The server "lab" at ${addresses[0]} does not answer as ` +
            "Incus does (status 404 to GET /1.0/instances): is the address right?",
        }),
    ));
});

Deno.test("HttpsTransport refuses a certificate and key that TLS can't use", async (t) => {
  const other = await selfSignedCertificate();
  const cases: [string, Partial<HttpsServer>, RegExp][] = [
    [
      "of two pairs",
      { key: other.key },
      /^Cannot use the remote "lab" with the certificate client\.crt and its key: they don't belong together$/,
    ],
    ["no key", { key: "junk" }, /its key: No keys found in key data$/],
    ["no certificate", { cert: "junk" }, /its key: No certificates found/],
  ];
  for (const [name, change, message] of cases) {
    await t.step(name, () =>
      withServer(
        () => assert.fail("a request came"),
        (client) =>
          assert.rejects(client.get("/1.0"), { name: "RangeError", message }),
        (server) => ({ ...server, ...change }),
      ));
  }
});

/** A proxy that leads every client to one place, or refuses it. */
async function withProxy(
  to: () => number,
  status: string,
  run: (port: number, heads: string[]) => Promise<void>,
): Promise<void> {
  const heads: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (near: Deno.Conn) => {
    const buffer = new Uint8Array(4096);
    const size = await near.read(buffer) ?? 0;
    heads.push(new TextDecoder().decode(buffer.subarray(0, size)));
    // In two pieces, as a slow network has it.
    await near.write(new TextEncoder().encode(`HTTP/1.1 ${status}\r\n`));
    await near.write(new TextEncoder().encode("Via: x\r\n\r\n"));
    if (!status.startsWith("2")) return near.close();
    const far = await Deno.connect({ hostname: "127.0.0.1", port: to() });
    await Promise.allSettled([
      near.readable.pipeTo(far.writable),
      far.readable.pipeTo(near.writable),
    ]);
  };
  const served: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) served.push(serve(conn));
  })();
  try {
    await run(listener.addr.port, heads);
  } finally {
    listener.close();
    await accepting;
    await Promise.all(served);
  }
}

Deno.test("HttpsTransport goes by a proxy", async (t) => {
  let port = 0;
  const far = "https://lab.test:8443";
  const by = (proxy: string) => (server: HttpsServer): HttpsServer => {
    port = Number(new URL(server.addresses[0]!).port);
    return {
      ...server,
      addresses: [far],
      serverName: "127.0.0.1",
      proxies: { [far]: new URL(proxy) },
    };
  };
  await t.step(
    "that leads there",
    () =>
      withProxy(() => port, "200 OK", async (proxy, heads) => {
        await withServer(
          (request) => sync(new URL(request.url).host),
          async (client) => {
            assert.equal(await client.get("/1.0/x"), "lab.test:8443");
          },
          by(`http://me:p%40ss@127.0.0.1:${proxy}`),
        );
        assert.deepEqual(heads, [
          "CONNECT lab.test:8443 HTTP/1.1\r\nHost: lab.test:8443\r\n" +
          `Proxy-Authorization: Basic ${btoa("me:p@ss")}\r\n\r\n`,
        ]);
      }),
  );
  await t.step(
    "that refuses",
    () =>
      withProxy(() => port, "403 Forbidden", async (proxy) => {
        await withServer(
          () => assert.fail("a request came"),
          (client) =>
            assert.rejects(client.get("/1.0/x"), {
              name: "ConnectionError",
              message: new RegExp(
                `tried ${far} \\(by the proxy 127.0.0.1:${proxy}: it answers ` +
                  '"403 Forbidden"\\)',
              ),
            }),
          by(`http://127.0.0.1:${proxy}`),
        );
      }),
  );
  await t.step("that isn't there", () =>
    withServer(
      () => assert.fail("a request came"),
      (client) =>
        assert.rejects(client.get("/1.0/x"), {
          message: /\(by the proxy 127\.0\.0\.1:1: connection refused\)/,
        }),
      by("http://127.0.0.1:1"),
    ));
});

Deno.test("IncusClient says what to do when the server doesn't trust its certificate", async () => {
  const message =
    /^The server "lab" does not trust this client: run "incus config trust add-certificate" there with client\.crt, or /;
  await withServer(
    (request) =>
      new URL(request.url).pathname === "/1.0"
        ? sync({ auth: "untrusted" })
        : Response.json(
          { type: "error", error: "not authorized", error_code: 403 },
          { status: 403 },
        ),
    async (client) => {
      await assert.rejects(client.get("/1.0/instances"), {
        name: "ConnectionError",
        message,
      });
      await assert.rejects(client.server(), {
        name: "ConnectionError",
        message,
      });
    },
  );
});

Deno.test("IncusClient opens WebSockets by HTTPS", async () => {
  await withServer((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      socket.send(`${new URL(request.url).search} ${data}`);
      socket.close();
    };
    return response;
  }, async (client) => {
    const socket = await client.websocket("/1.0/events", { type: "x" });
    await socket.sendText("hello");
    assert.deepEqual(await socket.read(), {
      type: "text",
      text: "?type=x hello",
    });
    assert.equal(await socket.read(), null);
  });
});

Deno.test("dnsNames() reads the names of a certificate", () => {
  // Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256
  //   -subj /CN=x -addext subjectAltName=DNS:one,IP:127.0.0.1,DNS:two.example
  const pem = `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUNDk/2tWCaSUnNlGkiPeIzahfrr4wCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0yNjExMjIyMDI2NDlaFw0zNjExMTkyMDI2NDlaMAwx
CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARoFsl88RWs7DPP
xdy7h5SvlfprCIFoQ0XxGTMbZi8Uu5F29lX8nNZfXQgVr+GKu0s3qn/yeNMdPF1D
1fq+uz/Uo3YwdDAdBgNVHQ4EFgQU1iEvCT0GKb7u9gtQB+pTsk5LhqYwHwYDVR0j
BBgwFoAU1iEvCT0GKb7u9gtQB+pTsk5LhqYwDwYDVR0TAQH/BAUwAwEB/zAhBgNV
HREEGjAYggNvbmWHBH8AAAGCC3R3by5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUC
IQCuz7jhkYUYpXbHYhLTspAmR7aqav6n7NB0jL8Vgl3xUQIgAkKTb1lw3FWuJvTM
1EE9A5vZfs/k7CePXm5pWgiD2B8=
-----END CERTIFICATE-----
`;
  assert.deepEqual(dnsNames(certificateBytes(pem)), ["one", "two.example"]);
});

Deno.test("certificateBytes() and dnsNames() refuse what is no certificate", () => {
  assert.throws(() => certificateBytes("x"), SyntaxError);
  assert.deepEqual(dnsNames(new Uint8Array([0x30, 0])), []);
  assert.throws(() => dnsNames(new Uint8Array([0x30, 0x7f, 0])), SyntaxError);
});
