import assert from "node:assert/strict";
import { errorResponse, FakeRegistry, serve } from "./fake_registry.ts";
import type { Credentials } from "./registry_auth.ts";
import { resolveImage } from "./registry_client.ts";

const AMD64 = { os: "linux", architecture: "amd64" };

/** A registry that takes one token, from a server that is told here. */
async function registryWith(
  tokens: (request: Request) => Response | Promise<Response>,
) {
  const fake = new FakeRegistry();
  await fake.addImage("a/b", AMD64, { names: ["latest"] });
  const server = serve(tokens);
  const registry = serve((request) => {
    const { pathname } = new URL(request.url);
    if (
      pathname === "/v2/" ||
      request.headers.get("authorization") === "Bearer good"
    ) {
      return fake.handler(request);
    }
    return errorResponse(401, "UNAUTHORIZED", "authentication required", {
      "www-authenticate":
        `Bearer realm="http://${server.registry}/token",service="the service"`,
    });
  });
  return { server, registry };
}

function resolve(registry: string, credentials: Credentials) {
  return resolveImage({ registry, repository: "a/b" }, {
    platform: AMD64,
    signal: new AbortController().signal,
    credentials: () => Promise.resolve(credentials),
  });
}

Deno.test("authorize() exchanges an identity token in the body of a request", async () => {
  const forms: Record<string, string>[] = [];
  const { server, registry } = await registryWith(async (request) => {
    assert.equal(request.method, "POST");
    assert.equal(
      request.headers.get("content-type"),
      "application/x-www-form-urlencoded",
    );
    const form = new URLSearchParams(await request.text());
    forms.push(Object.fromEntries(form));
    return Response.json({ access_token: "good" });
  });
  await using tokens = server;
  await using served = registry;
  const image = await resolve(served.registry, {
    username: "",
    password: "",
    identityToken: "the secret",
  });
  assert.equal(image.usedCredentials, true);
  assert.deepEqual(forms, [{
    grant_type: "refresh_token",
    service: "the service",
    client_id: "docker",
    scope: "repository:a/b:pull",
    refresh_token: "the secret",
  }]);
  assert.deepEqual(tokens.requests, ["POST /token"]);
});

Deno.test("authorize() tells no secret of a token server that refuses", async () => {
  const { server, registry } = await registryWith(() =>
    errorResponse(401, "UNAUTHORIZED", "unknown token")
  );
  await using _tokens = server;
  await using served = registry;
  await assert.rejects(
    resolve(served.registry, {
      username: "",
      password: "",
      identityToken: "the-secret",
    }),
    (error) => {
      assert.match(
        String(error),
        /^RegistryError: Cannot POST .*unknown token/,
      );
      assert.doesNotMatch(Deno.inspect(error), /the-secret/);
      return true;
    },
  );
});

Deno.test("authorize() shows a password to the token server and to no other", async () => {
  const seen: (string | null)[] = [];
  const other = serve((request) => {
    seen.push(request.headers.get("authorization"));
    return Response.json({ token: "good" });
  });
  await using elsewhere = other;
  const { server, registry } = await registryWith((request) => {
    seen.push(request.headers.get("authorization"));
    return new Response(null, {
      status: 307,
      headers: { location: `http://${elsewhere.registry}/` },
    });
  });
  await using _tokens = server;
  await using served = registry;
  await resolve(served.registry, { username: "me", password: "secret" });
  assert.deepEqual(seen, [`Basic ${btoa("me:secret")}`, null]);
});
