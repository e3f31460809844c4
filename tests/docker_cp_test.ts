import assert from "node:assert/strict";
import { tarFromTree, treeFromTar } from "../images/file_tree.ts";
import { containerInstance, exitedInstance } from "./container_builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { assertRequests, runKini } from "./harness.ts";

const docker = (fake: FakeIncus, ...argv: string[]) =>
  runKini(["docker", "cp", ...argv], { fake });

async function withFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(await Deno.realPath(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A stopped container, or a running one whose image has no tar. */
async function start(
  files: Record<string, string> = {},
  options: { running?: boolean } = {},
): Promise<FakeIncus> {
  const fake = await FakeIncus.start();
  const make = options.running ? containerInstance : exitedInstance;
  fake.addInstance(make({ name: "c1" }), { files });
  return fake;
}

Deno.test("docker cp puts a file into a container", () =>
  withFolder(async (folder) => {
    await using fake = await start({ "/usr/bin/old": "old" });
    await Deno.writeTextFile(`${folder}/kubeadm`, "program");
    await Deno.chmod(`${folder}/kubeadm`, 0o751);
    const result = await docker(fake, `${folder}/kubeadm`, "c1:/usr/bin/new");
    assert.deepEqual([result.stdout, result.stderr, result.code], ["", "", 0]);
    const { files } = fake.instance("c1");
    assert.equal(files.readText("/usr/bin/new"), "program");
    assert.equal(files.get("/usr/bin/new")?.mode, 0o751);
    assertRequests(fake, [
      "GET /1.0/instances/c1?recursion=1",
      "HEAD /1.0/instances/c1/files?path=/usr/bin/new",
      "HEAD /1.0/instances/c1/files?path=/usr/bin",
      "HEAD /1.0/instances/c1/files?path=/usr/bin/new",
      "POST /1.0/instances/c1/files?path=/usr/bin/new",
    ]);
    // One that is there is replaced, or it would keep its mode.
    await docker(fake, `${folder}/kubeadm`, "c1:/usr/bin/old");
    assert.equal(files.readText("/usr/bin/old"), "program");
    assert.equal(files.get("/usr/bin/old")?.mode, 0o751);
    await docker(fake, `${folder}/kubeadm`, "c1:/tmp");
    assert.equal(files.readText("/tmp/kubeadm"), "program");
  }));

Deno.test("docker cp puts a folder into a container", () =>
  withFolder(async (folder) => {
    await using fake = await start({}, { running: true });
    await Deno.mkdir(`${folder}/src/sub`, { recursive: true });
    await Deno.writeTextFile(`${folder}/src/sub/f`, "text");
    await Deno.symlink("sub/f", `${folder}/src/l`);
    const { files } = fake.instance("c1");
    const below = (path: string) =>
      files.paths.filter((one) => one.startsWith(path)).map((one) =>
        one.slice(path.length)
      );
    await docker(fake, `${folder}/src`, "c1:/tmp/new");
    assert.deepEqual(below("/tmp/new"), ["", "/l", "/sub", "/sub/f"]);
    assert.equal(files.get("/tmp/new/l")?.type, "symlink");
    await docker(fake, `${folder}/src`, "c1:/tmp/new");
    assert.equal(files.readText("/tmp/new/src/sub/f"), "text");
    await docker(fake, `${folder}/src/.`, "c1:/var");
    assert.deepEqual(below("/var"), ["", "/l", "/sub", "/sub/f"]);
  }));

Deno.test("docker cp takes files out of a container", () =>
  withFolder(async (folder) => {
    await using fake = await start({
      "/etc/pki/ca.crt": "certificate",
      "/etc/pki/sub/key": "key",
    });
    const { files } = fake.instance("c1");
    files.get("/etc/pki/sub/key")!.mode = 0o600;
    files.put("/etc/pki/l", {
      type: "symlink",
      mode: 0o777,
      uid: 0,
      gid: 0,
      content: new TextEncoder().encode("sub/key"),
    });
    const file = await docker(fake, "c1:/etc/pki/ca.crt", `${folder}/`);
    assert.deepEqual([file.stdout, file.stderr, file.code], ["", "", 0]);
    assert.equal(await Deno.readTextFile(`${folder}/ca.crt`), "certificate");
    await docker(fake, "c1:/etc/pki", `${folder}/new`);
    const info = await Deno.stat(`${folder}/new/sub/key`);
    assert.equal((info.mode ?? 0) & 0o777, 0o600);
    assert.equal(await Deno.readLink(`${folder}/new/l`), "sub/key");
    await docker(fake, "c1:/etc/pki", `${folder}/new`);
    assert.equal(await Deno.readTextFile(`${folder}/new/pki/l`), "key");
    await docker(fake, "-L", "c1:/etc/pki/l", `${folder}/followed`);
    assert.equal(await Deno.readTextFile(`${folder}/followed`), "key");
  }));

Deno.test("docker cp reads and writes archives as -", async () => {
  await using fake = await start({ "/etc/pki/ca.crt": "certificate" });
  const out = await docker(fake, "c1:/etc/pki", "-");
  const names: string[] = [];
  const archive = () => new Blob([out.stdoutBytes.slice()]).stream();
  for await (const one of treeFromTar(archive())) {
    names.push(one.name);
    await one.body?.cancel();
  }
  assert.deepEqual(names, ["pki", "pki/ca.crt"]);
  const back = await runKini(["docker", "cp", "-", "c1:/var"], {
    fake,
    stdin: archive(),
  });
  assert.equal(back.code, 0);
  assert.equal(
    fake.instance("c1").files.readText("/var/pki/ca.crt"),
    "certificate",
  );
});

Deno.test("docker cp lets a running container's tar do it", () =>
  withFolder(async (folder) => {
    await using fake = await start({ "/bin/tar": "", "/data/f": "" }, {
      running: true,
    });
    const commands: string[] = [];
    const unpacked: string[] = [];
    fake.onExec = async (one) => {
      commands.push(one.command.join(" "));
      if (one.command[1] === "-cf") {
        const tree = treeOf("f", "by tar");
        const bytes = await new Response(tarFromTree(tree)).arrayBuffer();
        return { stdout: new Uint8Array(bytes) };
      }
      const stdin = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const data = await one.read();
          if (data) controller.enqueue(data);
          else controller.close();
        },
      });
      for await (const entry of treeFromTar(stdin)) {
        unpacked.push(`${entry.name} ${await new Response(entry.body).text()}`);
      }
      return 0;
    };
    await docker(fake, "c1:/data/f", `${folder}/f`);
    assert.equal(await Deno.readTextFile(`${folder}/f`), "by tar");
    await docker(fake, `${folder}/f`, "c1:/data/g");
    assert.deepEqual(unpacked, ["g by tar"]);
    assert.deepEqual(commands, [
      "tar -cf - -C /data f",
      "tar -xpf - -C /data",
    ]);
    fake.onExec = () => ({ stderr: "tar: no space left\n", code: 1 });
    const failed = await docker(fake, `${folder}/f`, "c1:/data/h");
    assert.deepEqual([failed.stderr, failed.code], [
      "Error response from daemon: tar: no space left\n",
      1,
    ]);
  }));

async function* treeOf(name: string, text: string) {
  yield await Promise.resolve({
    name,
    type: "file" as const,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: text.length,
    body: ReadableStream.from([new TextEncoder().encode(text)]),
  });
}

Deno.test("docker cp refuses as docker does", (t) =>
  withFolder(async (folder) => {
    await using fake = await start({ "/data/f": "f" });
    await Deno.writeTextFile(`${folder}/f`, "f");
    await Deno.mkdir(`${folder}/d`);
    const daemon = "Error response from daemon: ";
    const cases: [from: string, to: string, stderr: string][] = [
      ["f", "g", "must specify at least one container source"],
      ["c1:/a", "c2:/b", "copying between containers is not supported"],
      [`${folder}/f`, "nope:/tmp", `${daemon}No such container: nope`],
      [
        `${folder}/no`,
        "c1:/tmp",
        `lstat ${folder}/no: no such file or directory`,
      ],
      [
        `${folder}/f`,
        "c1:/none/f",
        `${daemon}Could not find the file /none in container c1`,
      ],
      [`${folder}/f`, "c1:/none/", "no such directory"],
      [`${folder}/f`, "c1:", "no such directory"],
      [`${folder}/d`, "c1:/data/f", "cannot copy directory"],
      ["-", "c1:/data/f", 'destination "c1:/data/f" must be a directory'],
      [
        "c1:/none",
        folder,
        `${daemon}Could not find the file /none in container c1`,
      ],
      ["c1:/data/f/", folder, `${daemon}lstat /data/f/: not a directory`],
      [
        "c1:/data/f",
        `${folder}/no/f`,
        `invalid output path: directory "${folder}/no" does not exist`,
      ],
      ["c1:/data", `${folder}/f`, "cannot copy directory"],
    ];
    for (const [from, to, stderr] of cases) {
      await t.step(`${from} ${to}`.replaceAll(folder, ""), async () => {
        const result = await docker(fake, from, to);
        assert.deepEqual([result.stdout, result.stderr, result.code], [
          "",
          `${stderr}\n`,
          1,
        ]);
      });
    }
  }));

Deno.test("docker cp tells a terminal how much it was", () =>
  withFolder(async (folder) => {
    await using fake = await start();
    await Deno.writeTextFile(`${folder}/f`, "file\n");
    const argv = ["docker", "cp", `${folder}/f`, "c1:/tmp/f"];
    const shown = await runKini(argv, { fake, terminal: true });
    assert.equal(shown.stderr, "Successfully copied 2.05kB to c1:/tmp/f\n");
    argv.splice(2, 0, "-q");
    const quiet = await runKini(argv, { fake, terminal: true });
    assert.equal(quiet.stderr, "");
  }));

Deno.test("docker cp asks again when the server's file helper is just going", () =>
  withFolder(async (folder) => {
    await using fake = await start({ "/data/f": "text" });
    const fault = { status: 500, error: "signal: interrupt" };
    fake.fail("HEAD /1.0/instances/c1/files", fault, 2);
    fake.fail("GET /1.0/instances/c1/files", fault);
    const result = await docker(fake, "c1:/data/f", `${folder}/f`);
    assert.deepEqual([result.stderr, result.code], ["", 0]);
    assert.equal(await Deno.readTextFile(`${folder}/f`), "text");
  }));
