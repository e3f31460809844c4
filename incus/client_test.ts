import assert from "node:assert/strict";
import { FakeIncus } from "../tests/fake_incus.ts";
import { IncusClient } from "./client.ts";
import {
  ConnectionError,
  IncusError,
  isAddressInUse,
  isAlreadyExists,
  isNotFound,
} from "./errors.ts";
import type { Server } from "./types.ts";

Deno.test("IncusClient.get() throws the server's error with its status", async (t) => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  const cases = [
    {
      name: "404",
      fault: { status: 404, error: "Instance not found" },
      is: isNotFound,
    },
    {
      name: "409",
      fault: { status: 409, error: 'Network "x" exists' },
      is: isAlreadyExists,
    },
    {
      name: "500 with the words of a clash",
      fault: { status: 500, error: 'Instance "c1" already exists' },
      is: isAlreadyExists,
    },
    {
      name: "a port that is taken",
      fault: {
        status: 400,
        error: "listen tcp :80: bind: address already in use",
      },
      is: isAddressInUse,
    },
    {
      name: "an error inside HTTP 200",
      fault: { status: 500, error: "boom", http: 200 },
      is: (error: unknown) => error instanceof IncusError,
    },
  ];
  for (const { name, fault, is } of cases) {
    await t.step(name, async () => {
      fake.fail("GET /1.0/instances/c1", fault);
      await assert.rejects(client.get("/1.0/instances/c1"), (error) => {
        assert.ok(error instanceof IncusError);
        assert.equal(error.status, fault.status);
        assert.equal(error.message, fault.error);
        assert.equal(error.request, "GET /1.0/instances/c1");
        assert.ok(is(error));
        return true;
      });
    });
  }
});

Deno.test("IncusClient.get() shows a reply that is not the API's", async (t) => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  for (const body of ["<html>", "", "null", "{}", "[1"]) {
    await t.step(JSON.stringify(body), async () => {
      fake.fail("GET /1.0", { answer: { status: 502, body } });
      await assert.rejects(client.get("/1.0"), {
        name: "IncusError",
        status: 502,
        message: `unexpected reply to GET /1.0: ${body}`,
      });
    });
  }
});

Deno.test("IncusClient.get() says so when the connection is lost", async (t) => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  const want = {
    name: "ConnectionError",
    message: `The connection to Incus at unix://${fake.socket} was lost. ` +
      "Is the server still running?",
  };
  await t.step("before the answer", async () => {
    fake.fail("GET /1.0", { drop: true });
    await assert.rejects(client.get("/1.0"), want);
  });
  await t.step("in the middle of the answer", async () => {
    fake.fail("GET /1.0", { answer: { status: 200, body: "{", cut: true } });
    await assert.rejects(client.get("/1.0"), want);
  });
  await t.step("and works again after", async () => {
    assert.equal((await client.server()).api_version, "1.0");
  });
});

Deno.test("IncusClient.get() throws the signal's reason when aborted", async (t) => {
  await using fake = await FakeIncus.start();
  const reason = new DOMException("SIGINT", "AbortError");
  const never = new Promise<string>(() => {});
  const cases = {
    "before the answer": { after: never },
    "in the middle of the answer": { answer: { status: 200, body: never } },
  };
  for (const [name, fault] of Object.entries(cases)) {
    await t.step(name, async () => {
      const path = `/1.0/instances/${name.length}`;
      const arrived = Promise.withResolvers<void>();
      const abort = new AbortController();
      using client = new IncusClient({ path: fake.socket }, {
        signal: abort.signal,
        log: () => arrived.resolve(),
      });
      fake.fail(`GET ${path}`, fault);
      const request = client.get(path);
      await (name === "before the answer"
        ? fake.received(`GET ${path}`)
        : arrived.promise);
      abort.abort(reason);
      await assert.rejects(request, (error) => error === reason);
    });
  }
});

Deno.test("IncusClient.raw() throws the error of the body it was to send", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  const rawBody = new ReadableStream({
    start: (controller) => controller.error(new Error("cannot read the file")),
  });
  await assert.rejects(
    client.raw("POST", "/1.0/instances/c1/files", { rawBody }),
    /^Error: cannot read the file$/,
  );
});

Deno.test("IncusClient names the socket, and what to do, when there is no server", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const missing = `${folder}/unix.socket`;
    const dead = `${folder}/lxd.socket`;
    // Connecting to a file is refused as connecting to a dead socket is.
    await Deno.writeTextFile(dead, "");
    const cases = [
      { path: missing, want: "no such socket" },
      {
        path: dead,
        want: "connection refused, the server is not running",
      },
    ];
    for (const { path, want } of cases) {
      await t.step(want, async () => {
        using client = new IncusClient({ path });
        const message = `Cannot connect to Incus at unix://${path}: ${want}`;
        const error = { name: "ConnectionError", message };
        await assert.rejects(client.get("/1.0"), error);
        await assert.rejects(client.websocket("/1.0/x"), error);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "IncusClient names the group when the socket may not be used",
  ignore: Deno.uid() === 0,
  async fn() {
    await using fake = await FakeIncus.start();
    await Deno.chmod(fake.socket, 0);
    using client = fake.client();
    await assert.rejects(client.get("/1.0"), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(
        error.message,
        /permission denied, join the group incus-admin$/,
      );
      return true;
    });
  },
});

Deno.test("IncusClient.websocket() throws the server's error of a refused upgrade", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  await assert.rejects(
    client.websocket("/1.0/operations/none/websocket", { secret: "1" }),
    {
      name: "IncusError",
      status: 404,
      message: "Operation not found",
      request: "GET /1.0/operations/none/websocket",
    },
  );
});

Deno.test("IncusClient.websocket() says so when the connection is lost", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  fake.fail("GET /1.0/events", { drop: true });
  await assert.rejects(client.websocket("/1.0/events"), {
    name: "ConnectionError",
  });
});

Deno.test("IncusClient.server() asks once", async () => {
  await using fake = await FakeIncus.start({ without: ["instance_oci"] });
  using client = fake.client();
  const servers: Server[] = await Promise.all([
    client.server(),
    client.server(),
  ]);
  assert.equal(servers[0]?.environment.server_version, "7.0.2");
  assert.equal(await client.has("instance_oci"), false);
  assert.equal(await client.has("instance_oci_entrypoint"), true);
  assert.deepEqual(fake.requestLines(), ["GET /1.0"]);
});

Deno.test("IncusClient.target() names the project where it counts", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client("work");
  using plain = fake.client();
  const cases: [string, string][] = [
    [client.target("/1.0/instances"), "/1.0/instances?project=work"],
    [
      client.target("/1.0/instances", { recursion: "1" }),
      "/1.0/instances?recursion=1&project=work",
    ],
    [
      client.target("/1.0/images", { project: "other" }),
      "/1.0/images?project=other",
    ],
    [client.target("/1.0"), "/1.0"],
    [client.target("/1.0/operations/1/wait"), "/1.0/operations/1/wait"],
    [plain.target("/1.0/instances"), "/1.0/instances"],
  ];
  for (const [actual, want] of cases) assert.equal(actual, want);
});

Deno.test("IncusClient asks nothing of a server once it is closed", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/unix.socket`;
  const listener = Deno.listen({ transport: "unix", path });
  const client = new IncusClient({ path });
  const answer = assert.rejects(client.get("/1.0/x"), { name: "TypeError" });
  const connection = await listener.accept();
  await connection.read(new Uint8Array(16));
  client[Symbol.dispose]();
  connection.close();
  await answer;
  listener.close();
  await Deno.remove(folder, { recursive: true });
});
