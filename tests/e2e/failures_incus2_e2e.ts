/**
 * What goes wrong for users: one clear sentence, docker's exit code, and
 * nothing left behind.
 */
import assert from "node:assert/strict";
import { lab, leftovers, ok, removeAll, sh } from "./lab.ts";

/** One sentence that says all these things. */
function assertSentence(text: string, ...patterns: RegExp[]): void {
  for (const pattern of patterns) assert.match(text, pattern);
  assert.doesNotMatch(text, /\bat .*:\d+:\d+|TypeError|undefined|\[object/);
}

async function nothingLeft(test: () => Promise<void>): Promise<void> {
  await removeAll();
  await sh("incus delete -f foreign 2>/dev/null || true");
  const before = await leftovers();
  await test();
  assert.deepEqual(await leftovers(), before);
}

const RUN = ["docker", "run", "-d", "--name", "f1"];
const SLEEP = ["busybox:1.37", "sleep", "100000"];

Deno.test("a missing socket: the paths that were tried", async () => {
  const result = await lab(["docker", "ps"], {
    env: { KINI_SOCKET: "/nowhere/unix.socket" },
  });
  assert.equal(result.code, 1);
  assertSentence(
    result.stderr,
    /Cannot connect/,
    /\/nowhere\/unix\.socket \(no such socket\)/,
  );
  const run = await lab([...RUN, ...SLEEP], {
    env: { KINI_SOCKET: "/nowhere/unix.socket" },
  });
  assert.equal(run.code, 125);
});

Deno.test("a socket without permission: the group to join", async () => {
  const result = await lab([
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "env",
    "HOME=/nonexistent",
    "docker",
    "ps",
  ]);
  assert.equal(result.code, 1);
  assertSentence(result.stderr, /permission denied/, /group/);
});

Deno.test("a server that is down, and one that dies meanwhile", async () => {
  await sh(`
    cp /bin/true /tmp/kini-e2e-true
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/tmp/dead.socket")'
  `);
  const result = await lab(["docker", "ps"], {
    env: { KINI_SOCKET: "/tmp/dead.socket" },
  });
  await sh("rm /tmp/dead.socket /tmp/kini-e2e-true");
  assert.equal(result.code, 1);
  assertSentence(result.stderr, /Cannot connect/, /not running/);

  const killed = await sh(`
    python3 - <<'PY' &
import os, socket
server = socket.socket(socket.AF_UNIX); server.bind("/tmp/dies.socket"); server.listen()
client, _ = server.accept()
client.recv(100)
os.unlink("/tmp/dies.socket")
os._exit(0)
PY
    until [ -S /tmp/dies.socket ]; do sleep 0.1; done
    code=0
    KINI_SOCKET=/tmp/dies.socket docker ps 2>&1 || code=$?
    echo $code
    wait
  `);
  assertSentence(killed, /unix:\/\/\/tmp\/dies\.socket/, /\n1\n$/);
});

Deno.test("the real server killed while a command runs", () =>
  nothingLeft(async () => {
    await ok([...RUN, ...SLEEP]);
    const text = await sh(`
      docker exec f1 sleep 60 >/tmp/out 2>&1 &
      pid=$!
      sleep 1
      kill -9 $(cat /run/lab/incusd.pid)
      code=0
      wait $pid || code=$?
      echo $code
      cat /tmp/out; rm /tmp/out
      for _ in $(seq 100); do
        docker ps >/dev/null 2>&1 && break
        sleep 0.2
      done
    `);
    assert.match(text, /^[1-9]\d*\n/);
    assertSentence(text, /connection|Cannot connect|lost/i);
    await ok(["docker", "rm", "-f", "f1"]);
  }));

Deno.test("an image that isn't there", () =>
  nothingLeft(async () => {
    const result = await lab([...RUN, "busybox:none"]);
    assert.equal(result.code, 125);
    assertSentence(
      result.stderr,
      /Error response from daemon: manifest for busybox:none not found/,
    );
    const bad = await lab([...RUN, "Busybox"]);
    assert.equal(bad.code, 125);
    assertSentence(bad.stderr, /must be lowercase/);
  }));

Deno.test("a port in use", () =>
  nothingLeft(async () => {
    const text = await sh(`
      python3 -m http.server 18099 --bind 127.0.0.1 >/dev/null 2>&1 &
      server=$!
      until bash -c '</dev/tcp/127.0.0.1/18099' 2>/dev/null; do sleep 0.1; done
      code=0
      docker run -d --name f1 -p 127.0.0.1:18099:80 ${
      SLEEP.join(" ")
    } 2>&1 || code=$?
      kill $server
      echo $code
    `);
    assertSentence(text, /127\.0\.0\.1:18099/, /already allocated/, /\n125\n$/);
  }));

Deno.test("a name that is taken, by kini's or a foreign instance", () =>
  nothingLeft(async () => {
    const id = (await ok([...RUN, ...SLEEP])).trim();
    const again = await lab([...RUN, ...SLEEP]);
    assert.equal(again.code, 125);
    assert.ok(
      again.stderr.includes(
        `Conflict. The container name "/f1" is already in use by container "${id}".`,
      ),
      again.stderr,
    );
    await ok(["docker", "rm", "-f", "f1"]);

    await sh("incus init docker:busybox foreign >/dev/null");
    const foreign = await lab([
      "docker",
      "run",
      "-d",
      "--name",
      "foreign",
      ...SLEEP,
    ]);
    assert.equal(foreign.code, 125);
    assertSentence(foreign.stderr, /not kini's/);
    // The user's own instances are neither shown nor touched.
    assert.equal(await ok(["docker", "ps", "-aq"]), "");
    const removal = await lab(["docker", "rm", "-f", "foreign"]);
    assert.match(removal.stderr, /No such container: foreign/);
    await sh("incus delete foreign");
  }));

Deno.test("a name that Incus can't have", () =>
  nothingLeft(async () => {
    const result = await lab([
      "docker",
      "run",
      "-d",
      "--name",
      "a.b",
      ...SLEEP,
    ]);
    assert.equal(result.code, 125);
    assertSentence(result.stderr, /Incus cannot name an instance "a\.b"/);
  }));

Deno.test("a program that isn't in the image", () =>
  nothingLeft(async () => {
    const result = await lab([...RUN, "busybox:1.37", "no-such-program"]);
    assert.equal(result.code, 127);
    assertSentence(
      result.stderr,
      /exec: "no-such-program": executable file not found/,
    );
  }));

Deno.test("a container in the foreground gets every signal, and lives on without its client", () =>
  nothingLeft(async () => {
    const foreground = (flags: string, signals: number) =>
      sh(`
        mkfifo /tmp/said
        docker run --name f1 ${flags} busybox:1.37 sh -c '
          said() { n=1$n; echo got $n; [ $n = 11 ] && exit 7; }
          trap said INT
          echo up; while :; do sleep 0.1; done
        ' >/tmp/said &
        pid=$!
        exec 3</tmp/said; rm /tmp/said
        for _ in $(seq ${signals}); do read -r line <&3; echo $line; kill -INT $pid; done
        code=0
        wait $pid || code=$?
        cat <&3
        echo $code
      `);
    assert.equal(await foreground("", 2), "up\ngot 1\ngot 11\n7\n");
    await ok(["docker", "rm", "f1"]);
    assert.equal(await foreground("--sig-proxy=false --rm", 1), "up\n130\n");
    assert.equal(await ok(["docker", "ps", "--format={{.Names}}"]), "f1\n");
    // Nobody waits for its end, so the server is to remove it.
    assert.match(await sh("incus config show f1"), /^ephemeral: true$/m);
    await ok(["docker", "rm", "-f", "f1"]);
  }));

Deno.test("run interrupted at any moment leaves nothing, or what rm can remove", () =>
  nothingLeft(async () => {
    for (const [signal, delay] of [["INT", 0.1], ["TERM", 0.3], ["INT", 0.7]]) {
      const code = await sh(`
        docker run -d --name f1 ${SLEEP.join(" ")} >/dev/null 2>&1 &
        pid=$!
        sleep ${delay}
        kill -${signal} $pid || true
        code=0
        wait $pid || code=$?
        echo $code
      `);
      const left = await ok(["docker", "ps", "-aq"]);
      if (code !== "0\n") assert.equal(left, "", `${signal} ${delay}`);
      await lab(["docker", "rm", "-f", "f1"]);
    }
    // In the middle of unpacking an image, which the server can't stop.
    const code = await sh(`
      docker pull -q kindest/node:v1.35.0 >/dev/null
      docker run -d --privileged --name f1 kindest/node:v1.35.0 >/dev/null 2>&1 &
      pid=$!
      sleep 1.5
      kill -INT $pid
      code=0
      wait $pid || code=$?
      echo $code
    `);
    assert.equal(code, "130\n");
    assert.equal(await ok(["docker", "ps", "-aq"]), "");
    for (const delay of [0.05, 0.3, 0.8]) {
      await sh(`
        docker run -d --name f1 ${SLEEP.join(" ")} >/dev/null 2>&1 &
        pid=$!
        sleep ${delay}
        kill -KILL $pid || true
        wait $pid || true
        for _ in $(seq 50); do
          docker rm -f f1 >/dev/null 2>&1 || true
          sleep 0.1
        done
      `);
      assert.equal(await ok(["docker", "ps", "-aq"]), "", `KILL ${delay}`);
    }
  }));
