import assert from "node:assert/strict";
import {
  describe,
  errorResponse,
  FakeRegistry,
  type Handler,
  serve,
  type Served,
} from "./fake_registry.ts";
import type { CredentialsSource } from "./registry_auth.ts";
import { resolveImage } from "./registry_client.ts";
import { dockerPullErrorText, RegistryError } from "./registry_error.ts";

const BASIC = `Basic ${btoa("me:secret")}`;

async function fakeRegistry() {
  const fake = new FakeRegistry();
  const { configDigest } = await fake.addImage(
    "a",
    { os: "linux", architecture: "amd64" },
    { names: ["latest"] },
  );
  return { handler: fake.handler, configDigest };
}

function resolve(
  registry: string,
  credentials?: CredentialsSource,
  fetch?: typeof globalThis.fetch,
) {
  return resolveImage({ registry, repository: "a" }, {
    platform: { os: "linux", architecture: "amd64" },
    signal: new AbortController().signal,
    credentials,
    fetch,
  });
}

const me: CredentialsSource = () =>
  Promise.resolve({ username: "me", password: "secret" });

/** Lets a request through to the repository only with the authorization. */
function guard(
  handler: Handler,
  authorization: string,
  challenge: () => string,
): Handler {
  return (request) =>
    new URL(request.url).pathname === "/v2/" ||
      request.headers.get("authorization") === authorization
      ? handler(request)
      : errorResponse(401, "UNAUTHORIZED", "authentication required", {
        "www-authenticate": challenge(),
      });
}

/** A token server that wants the authorization, or none. */
function tokenServer(authorization: string | null): Served {
  return serve((request) =>
    request.headers.get("authorization") === authorization
      ? Response.json({ token: "t1" })
      : Response.json({ details: "incorrect username or password" }, {
        status: 401,
      })
  );
}

async function rejection(promise: Promise<unknown>): Promise<RegistryError> {
  const error = await promise.then(() => undefined, (error) => error);
  assert(error instanceof RegistryError, Deno.inspect(error));
  assert.doesNotMatch(Deno.inspect(error), /secret/);
  return error;
}

Deno.test("RegistryTransport gets a token once, anonymous or with a login", async () => {
  for (const source of [undefined, me]) {
    const login = source === undefined ? null : BASIC;
    const { handler, configDigest } = await fakeRegistry();
    await using tokens = tokenServer(login);
    await using served = serve(
      guard(
        handler,
        "Bearer t1",
        () =>
          `Bearer realm="http://${tokens.registry}/token",service="s",` +
          'scope="repository:a:pull,push"',
      ),
    );
    await resolve(served.registry, source);
    assert.deepEqual(served.requests, [
      "GET /v2/",
      "GET /v2/a/manifests/latest",
      "GET /v2/a/manifests/latest Bearer t1",
      `GET /v2/a/blobs/${configDigest} Bearer t1`,
    ]);
    assert.deepEqual(tokens.requests, [
      login === null
        ? "GET /token?service=s&scope=repository%3Aa%3Apull"
        : "GET /token?service=s&scope=repository%3Aa%3Apull&account=me " +
          BASIC,
    ]);
  }
});

Deno.test("RegistryTransport logs in with a name and password", async () => {
  const { handler, configDigest } = await fakeRegistry();
  const asked: string[] = [];
  await using served = serve(guard(handler, BASIC, () => 'Basic realm="r"'));
  await resolve(served.registry, (registry) => {
    asked.push(registry);
    return me(registry);
  });
  assert.deepEqual(asked, [served.registry]);
  assert.deepEqual(served.requests, [
    "GET /v2/",
    "GET /v2/a/manifests/latest",
    `GET /v2/a/manifests/latest ${BASIC}`,
    `GET /v2/a/blobs/${configDigest} ${BASIC}`,
  ]);
});

Deno.test("RegistryTransport gives up when a login does not help", async () => {
  const { handler } = await fakeRegistry();
  const reference = { registry: "docker.io", repository: "library/a" };
  const prefix = "pull access denied for a, repository does not exist or may " +
    "require 'docker login': ";
  await using served = serve(guard(handler, "?", () => "Basic"));
  const none = `Get "http://${served.registry}/v2/a/manifests/latest": ` +
    "no basic auth credentials";
  const tests = [
    { source: undefined, requests: 2, kind: "no-credentials", text: none },
    {
      source: me,
      requests: 3,
      kind: "unauthorized",
      text: `${prefix}unauthorized: authentication required`,
    },
    {
      source: () => Promise.resolve(undefined),
      requests: 2,
      kind: "no-credentials",
      text: none,
    },
  ];
  for (const { source, requests, kind, text } of tests) {
    served.requests.length = 0;
    const error = await rejection(resolve(served.registry, source));
    assert.equal(error.kind, kind);
    assert.equal(served.requests.length, requests);
    assert.equal(dockerPullErrorText(error, reference), text);
  }

  await using tokens = tokenServer("?");
  const realm = `Bearer realm="http://${tokens.registry}/token?s=secret"`;
  await using strict = serve(guard(handler, "?", () => realm));
  const wrong = await rejection(resolve(strict.registry, me));
  assert.equal(wrong.address, `http://${tokens.registry}/token`);
  assert.equal(
    dockerPullErrorText(wrong, reference),
    `${prefix}unauthorized: incorrect username or password`,
  );

  await using open = tokenServer(null);
  await using scoped = serve(
    guard(
      handler,
      "?",
      () =>
        `Bearer realm="http://${open.registry}/t",error="insufficient_scope"`,
    ),
  );
  const denied = await rejection(resolve(scoped.registry));
  assert.equal(denied.kind, "denied");
  assert.equal(
    dockerPullErrorText(denied, reference),
    `${prefix}denied: requested access to the resource is denied`,
  );
});

Deno.test("RegistryTransport refuses a token server's nonsense", async () => {
  const { handler } = await fakeRegistry();
  const tests = [
    { answer: new Response("<html>"), want: /the body is not JSON/ },
    { answer: Response.json({}), want: /the answer has no token/ },
    { answer: Response.json({ token: "a b" }), want: /has no token/ },
  ];
  for (const { answer, want } of tests) {
    await using tokens = serve(() => answer);
    await using served = serve(
      guard(handler, "?", () => `Bearer realm="http://${tokens.registry}/"`),
    );
    const error = await rejection(resolve(served.registry));
    assert.match(error.message, want);
  }
  await using served = serve(guard(handler, "?", () => "Bearer service=s"));
  const error = await rejection(resolve(served.registry));
  assert.match(error.message, /no place to get a token from/);
});

Deno.test("RegistryTransport keeps its Authorization from another host", async () => {
  const { handler, configDigest } = await fakeRegistry();
  await using storage = serve((request) =>
    handler(
      new Request(
        request.url.replace(/\/store\/.*/, `/v2/a/blobs/${configDigest}`),
      ),
    )
  );
  await using served = serve(
    guard(
      (request) =>
        request.url.includes("/blobs/")
          ? new Response(null, {
            status: 307,
            headers: {
              location:
                `http://u:p@${storage.registry}/store/x?signature=secret`,
            },
          })
          : handler(request),
      BASIC,
      () => "Basic",
    ),
  );
  await resolve(served.registry, me);
  assert.deepEqual(storage.requests, ["GET /store/x?signature=secret"]);
});

Deno.test("RegistryTransport keeps its Authorization on its own host", async () => {
  const { handler, configDigest } = await fakeRegistry();
  await using served = serve(
    guard(
      (request) =>
        request.url.includes("/blobs/") && !request.url.endsWith("?direct")
          ? new Response(null, {
            status: 302,
            headers: { location: `${new URL(request.url).pathname}?direct` },
          })
          : handler(request),
      BASIC,
      () => "Basic",
    ),
  );
  await resolve(served.registry, me);
  assert.equal(
    served.requests.at(-1),
    `GET /v2/a/blobs/${configDigest}?direct ${BASIC}`,
  );
});

Deno.test("RegistryTransport logs in nowhere but at the registry", async () => {
  const { handler } = await fakeRegistry();
  await using thief = serve(() =>
    new Response(null, {
      status: 401,
      headers: { "www-authenticate": "Basic" },
    })
  );
  await using served = serve((request) =>
    request.url.includes("/blobs/")
      ? new Response(null, {
        status: 307,
        headers: { location: `http://${thief.registry}/x?signature=secret` },
      })
      : handler(request)
  );
  const error = await rejection(resolve(served.registry, me));
  assert.equal(error.address, `http://${thief.registry}/x`);
  assert.deepEqual(thief.requests, ["GET /x?signature=secret"]);
});

Deno.test("RegistryTransport tells no presigned query when storage is away", async () => {
  const { handler } = await fakeRegistry();
  const away = serve(() => new Response());
  await away[Symbol.asyncDispose]();
  await using served = serve((request) =>
    request.url.includes("/blobs/")
      ? new Response(null, {
        status: 307,
        headers: { location: `http://${away.registry}/x?signature=secret` },
      })
      : handler(request)
  );
  const error = await rejection(resolve(served.registry));
  assert.equal(error.kind, "network");
  assert.equal(error.address, `http://${away.registry}/x`);
  assert.match(error.text, /refused/i);
});

Deno.test("RegistryTransport stops at too many redirects", async () => {
  await using served = serve((request) =>
    new URL(request.url).pathname === "/v2/" ? new Response() : new Response(
      null,
      { status: 307, headers: { location: request.url } },
    )
  );
  const error = await rejection(resolve(served.registry));
  assert.equal(error.text, "more than 5 redirects");
  assert.equal(served.requests.length, 1 + 6);
});

Deno.test("RegistryTransport never leaves HTTPS", async () => {
  const { handler } = await fakeRegistry();
  const faults: Handler[] = [
    () =>
      new Response(null, {
        status: 307,
        headers: { location: "http://127.0.0.1/x?signature=secret" },
      }),
    guard(handler, "?", () => 'Bearer realm="http://127.0.0.1/token"'),
  ];
  for (const fault of faults) {
    const requests: string[] = [];
    const error = await rejection(
      resolve("docker.io", me, async (input, init) => {
        const request = new Request(input, init);
        requests.push(describe(request));
        return await fault(request);
      }),
    );
    assert.equal(
      error.text,
      'the registry sends on to "http://127.0.0.1", which is not HTTPS',
    );
    assert.deepEqual(requests, ["GET /v2/library/a/manifests/latest"]);
  }
});
