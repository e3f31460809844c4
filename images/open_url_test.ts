import assert from "node:assert/strict";
import { openUrl, UrlError } from "./open_url.ts";
import { selfSignedCertificate } from "./self_signed_certificate.ts";

const { signal } = new AbortController();

Deno.test("openUrl() trusts the system's certificates and no others", async () => {
  const { cert, key } = await selfSignedCertificate();
  const trusted = await Deno.makeTempFile();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
    () => new Response("content", { headers: { "content-length": "7" } }),
  );
  try {
    await Deno.writeTextFile(trusted, cert);
    const url = `https://127.0.0.1:${server.addr.port}/x`;
    const env = (name: string) =>
      name === "SSL_CERT_FILE" ? trusted : undefined;
    const { body, size, close } = await openUrl(url, { env, signal });
    assert.equal(await new Response(body).text(), "content");
    assert.equal(size, 7);
    close();
    await assert.rejects(
      openUrl(url, { env: () => undefined, signal }),
      (error) => error instanceof UrlError && /certificate/.test(error.message),
    );
  } finally {
    await Deno.remove(trusted);
    await server.shutdown();
  }
});

Deno.test("openUrl() keeps a name and a password from other hosts, and ends a loop", async () => {
  const seen: (string | null)[] = [];
  const listen = (handler: (request: Request) => Response) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  const other = listen((request) => {
    seen.push(request.headers.get("authorization"));
    return new Response("content");
  });
  const first = listen((request) => {
    const { pathname } = new URL(request.url);
    const location = pathname === "/loop"
      ? "/loop"
      : `http://127.0.0.1:${other.addr.port}/`;
    return new Response(null, { status: 307, headers: { location } });
  });
  const options = { env: () => undefined, signal };
  try {
    const host = `127.0.0.1:${first.addr.port}`;
    const { body, close } = await openUrl(`http://me:secret@${host}/`, options);
    assert.equal(await new Response(body).text(), "content");
    close();
    assert.deepEqual(seen, [null]);
    await assert.rejects(
      openUrl(`http://${host}/loop`, options),
      { name: "UrlError", message: /stopped after 10 redirects$/ },
    );
  } finally {
    await first.shutdown();
    await other.shutdown();
  }
});
