import assert from "node:assert/strict";
import { execOutput } from "../incus/exec.ts";
import { pullFile, pushFile, statFile } from "../incus/files.ts";
import { fetchImage, listImages } from "../incus/images.ts";
import {
  changeState,
  createInstance,
  deleteInstance,
  getInstance,
  instanceLog,
  listInstances,
} from "../incus/instances.ts";
import { listNetworks, patchNetworkConfig } from "../incus/networks.ts";
import { fingerprintFor, image, runningInstance } from "./builders.ts";
import { BUSYBOX, FakeIncus } from "./fake_incus.ts";
import { assertRequests } from "./harness.ts";

Deno.test("FakeIncus leads an instance from its image to its end", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  await createInstance(client, {
    name: "c1",
    type: "container",
    source: { type: "image", fingerprint: fingerprintFor(BUSYBOX) },
    config: { "user.a": "b" },
    devices: {},
  });
  await changeState(client, "c1", { action: "start" });
  const running = await getInstance(client, "c1");
  assert.equal(running.config["oci.entrypoint"], "sh");
  assert.equal(running.config["volatile.container.oci"], "true");
  assert.equal(
    running.state?.network?.eth0?.addresses[0]?.address,
    "10.0.3.10",
  );
  assert.deepEqual(await execOutput(client, "c1", ["echo", "a", "b"]), {
    code: 0,
    stdout: "a b\n",
    stderr: "",
  });
  fake.exit("c1", { code: 3 });
  assert.match(
    await instanceLog(client, "c1", "lxc.log"),
    /ended on error \(3/,
  );
  await deleteInstance(client, "c1");
  assert.deepEqual(await listInstances(client), []);
  assertRequests(fake, [
    "POST /1.0/instances",
    "GET /1.0/operations/op1/wait?timeout=-1",
    "PUT /1.0/instances/c1/state",
    "GET /1.0/operations/op2/wait?timeout=-1",
    "GET /1.0/instances/c1?recursion=1",
    "POST /1.0/instances/c1/exec",
    "GET /1.0/operations/op3/websocket?secret=control",
    "GET /1.0/operations/op3/websocket?secret=0",
    "GET /1.0/operations/op3/websocket?secret=1",
    "GET /1.0/operations/op3/websocket?secret=2",
    "GET /1.0/operations/op3/wait?timeout=-1",
    "GET /1.0/instances/c1/logs/lxc.log",
    "DELETE /1.0/instances/c1",
    "GET /1.0/operations/op4/wait?timeout=-1",
    "GET /1.0/instances?recursion=1",
  ]);
});

Deno.test("FakeIncus refuses as the server does", async (t) => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  const create = (name: string, config = {}) =>
    createInstance(client, {
      name,
      type: "container",
      source: { type: "image", fingerprint: fingerprintFor(BUSYBOX) },
      config,
      devices: {
        web: {
          type: "proxy",
          listen: "tcp:0.0.0.0:80",
          connect: "tcp:127.0.0.1:80",
        },
      },
    });
  await create("c1");
  await create("c2");
  await changeState(client, "c1", { action: "start" });
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ["a taken name", () => create("c1"), /^Instance "c1" already exists$/],
    ["a bad name", () => create("a_b"), /^Invalid instance name: /],
    [
      "an unknown key",
      () => create("c3", { "oci.x": "1" }),
      /^Unknown configuration key: oci\.x$/,
    ],
    [
      "a second start",
      () => changeState(client, "c1", { action: "start" }),
      /^The instance is already running$/,
    ],
    [
      "a stop of what is stopped",
      () => changeState(client, "c2", { action: "stop" }),
      /^The instance is already stopped$/,
    ],
    [
      "a port that is taken",
      () => changeState(client, "c2", { action: "start" }),
      /bind: address already in use$/,
    ],
    [
      "deleting what runs",
      () => deleteInstance(client, "c1"),
      /^Instance is running$/,
    ],
    ["an unknown instance", () => getInstance(client, "c9"), /not found$/],
  ];
  for (const [name, act, want] of cases) {
    await t.step(name, async () => {
      await assert.rejects(act, { name: "IncusError", message: want });
    });
  }
});

Deno.test("FakeIncus keeps files with their kind, mode and owner", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  await createInstance(client, {
    name: "c1",
    type: "container",
    source: { type: "image", fingerprint: fingerprintFor(BUSYBOX) },
    config: {},
    devices: {},
  });
  await pushFile(client, "c1", "/d", null, { type: "directory", mode: 0o700 });
  await pushFile(client, "c1", "/d/f", "text", { mode: 0o4755, uid: 7 });
  await pushFile(client, "c1", "/d/f", " more", { append: true, mode: 0o600 });
  await pushFile(client, "c1", "/l", "d", { type: "symlink" });
  const { response, ...info } = await pullFile(client, "c1", "/l/f");
  assert.equal(await response.text(), "text more");
  assert.deepEqual(info, { type: "file", mode: 0o4755, uid: 7, gid: 0 });
  assert.equal((await statFile(client, "c1", "/d"))?.type, "directory");
  assert.equal(await statFile(client, "c1", "/missing"), undefined);
  const link = await pullFile(client, "c1", "/l");
  assert.equal(await link.response.text(), "/d");
  await assert.rejects(pushFile(client, "c1", "/no/f", ""), { status: 404 });
});

Deno.test("FakeIncus pulls images from its registry only", async () => {
  await using fake = await FakeIncus.start({
    registry: [image("quay.io/a/b:1")],
  });
  using client = fake.client();
  const body = (server: string, alias: string) => ({
    source: { type: "image", mode: "pull", protocol: "oci", server, alias },
    auto_update: false,
    properties: { mine: "1" },
  } as const);
  const fingerprint = await fetchImage(
    client,
    body("https://quay.io", "a/b:1"),
  );
  const stored = (await listImages(client)).find((one) =>
    one.fingerprint === fingerprint
  );
  assert.equal(stored?.properties?.mine, "1");
  await assert.rejects(
    fetchImage(client, body("https://quay.io", "a/b:2")),
    /manifest unknown/,
  );
});

Deno.test("FakeIncus merges network config and drops emptied keys", async () => {
  await using fake = await FakeIncus.start();
  using client = fake.client();
  await patchNetworkConfig(client, "incusbr0", { "user.a": "1" });
  await patchNetworkConfig(client, "incusbr0", { "ipv6.nat": "" });
  const [network] = await listNetworks(client);
  assert.equal(network?.config["user.a"], "1");
  assert.equal(network?.config["ipv6.nat"], undefined);
  assert.deepEqual(network?.used_by, ["/1.0/profiles/default"]);
});

Deno.test("FakeIncus lets a signal end the first process, or not", async () => {
  await using fake = await FakeIncus.start({
    instances: [runningInstance("c1")],
    onSignal: (_instance, signal) => signal === 15,
  });
  using client = fake.client();
  const signal = (number: number) =>
    execOutput(client, "c1", ["sh", "-c", `kill -${number} 1`]);
  await signal(10);
  assert.equal(fake.instance("c1").running, true);
  await signal(15);
  assert.equal(fake.instance("c1").running, false);
  assert.deepEqual(fake.instance("c1").signals, [10, 15]);
  assert.match(await instanceLog(client, "c1", "lxc.log"), /signal \(15\)/);
});

Deno.test("FakeIncus gives a part of a log", async () => {
  await using fake = await FakeIncus.start();
  fake.addInstance(runningInstance("c1"), {
    logs: { "lxc.log": "0123456789" },
  });
  using client = fake.client();
  const cases: [string, number, string, string | null][] = [
    ["bytes=4-", 206, "456789", "bytes 4-9/10"],
    ["bytes=0-1", 206, "01", "bytes 0-1/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    [
      "bytes=10-",
      416,
      "invalid range: failed to overlap\n",
      "bytes */10",
    ],
  ];
  for (const [Range, status, body, contentRange] of cases) {
    const reply = await client.raw("GET", "/1.0/instances/c1/logs/lxc.log", {
      headers: { Range },
    });
    assert.equal(reply.status, status);
    assert.equal(await reply.text(), body);
    assert.equal(reply.headers.get("content-range"), contentRange);
  }
});
