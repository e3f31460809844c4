/**
 * `kind build node-image` with the unmodified kind, and clusters of what it
 * built; and what it stands on: input of unprivileged containers, processes
 * that outlive their exec, and `docker commit`.
 *
 * kind 0.27 makes the same calls (both were run by hand); one build is enough.
 */
import assert from "node:assert/strict";
import { lab, leftovers, lines, ok, removeAll, sh } from "./lab.ts";

const HERE = new URL(".", import.meta.url).pathname;
const RELEASE = "kini-release.tar.gz";
const IMAGE = "my/node:built";
const TMP = "/tmp/kini-build-e2e";
const env = { KINI_CACHE: `${TMP}/cache` };

/** Packs a server release where the lab's hosts see it. */
async function makeRelease(): Promise<void> {
  const { stdout } = await new Deno.Command(`${HERE}../lab/lab`, {
    args: ["env"],
  }).output();
  const share = /^KINI_LAB_SHARE=(.*)$/m.exec(new TextDecoder().decode(stdout));
  const { code, stderr } = await new Deno.Command(
    `${HERE}../lab/node-image/release`,
    { args: [`${share![1]}/${RELEASE}`] },
  ).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("kind builds a node image, and makes a cluster of it without a registry", async () => {
  await removeAll();
  const before = await leftovers();
  await makeRelease();
  try {
    const built = await lab(
      ["kind", "build", "node-image", "--type", "file", `/share/${RELEASE}`]
        .concat("--image", IMAGE),
      { env, timeout: 180_000 },
    );
    assert.equal(built.code, 0, built.stderr);
    assert.match(built.stderr, /build completed/);
    assert.equal(await ok(["docker", "ps", "-aq"]), "");
    assert.deepEqual(
      JSON.parse(
        await ok([
          "docker",
          "image",
          "inspect",
          "-f",
          "[{{json .Config.Entrypoint}},{{json .Config.Cmd}},{{json .Config.Env}},{{json .Config.StopSignal}}]",
          IMAGE,
        ], { env }),
      ),
      [
        ["/usr/local/bin/entrypoint", "/sbin/init"],
        null,
        [
          "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "container=docker",
          "HTTP_PROXY=",
          "HTTPS_PROXY=",
          "NO_PROXY=",
        ],
        "SIGRTMIN+3",
      ],
    );
    await sh("kini images verify", { env });
    await ok(["kind", "create", "cluster", "--image", IMAGE, "--wait", "60s"], {
      env,
    });
    assert.match(
      await ok(["kubectl", "get", "nodes"]),
      /^kind-control-plane\s+Ready\s+control-plane/m,
    );
    const node = ["docker", "exec", "kind-control-plane"];
    assert.equal(await ok([...node, "cat", "/kind/version"]), "v1.35.0");
    assert.match(
      await ok([...node, "crictl", "images"]),
      /^registry\.k8s\.io\/kube-apiserver\s+v1\.35\.0\s/m,
    );
    await ok(["kind", "delete", "cluster"]);
  } finally {
    await removeAll();
    await sh(
      `docker rmi -f ${IMAGE} || true; rm -rf ${TMP} /share/${RELEASE} /tmp/k8s-tar-extract-*`,
      {
        env,
      },
    );
  }
  assert.deepEqual(await leftovers(), before);
});

Deno.test("docker exec -i: any program opens /dev/stdin in an unprivileged container", async () => {
  await removeAll();
  try {
    for (const image of ["busybox:1.37", "debian:trixie-slim"]) {
      await sh(`docker run -d --name plain ${image} sleep infinity`);
      const out = await sh(`
        head -c 3000000 /dev/urandom >/tmp/kini-bytes
        docker exec -i plain cp /dev/stdin /copied </tmp/kini-bytes
        docker exec -i -u 65534 plain cp /dev/stdin /tmp/copied </tmp/kini-bytes
        for file in /copied /tmp/copied; do
          docker exec plain cat $file | cmp - /tmp/kini-bytes
        done
        docker exec -i plain cat /dev/stdin </tmp/kini-bytes | cmp - /tmp/kini-bytes
        docker exec -i plain sh -c 'exit 7' </dev/zero || echo "code $?"
        docker exec -i plain head -c 2 /dev/stdin </dev/zero | wc -c
        docker exec -i plain sh -c 'kill -9 $$' </dev/zero || echo "code $?"
        docker exec -i plain nonesuch </dev/zero 2>&1 || echo "code $?"
        docker exec plain sh -c 'echo out >/dev/stdout; echo err | tee /dev/stderr' 2>&1 >/dev/null
        mkfifo /tmp/kini-fifo; exec 3<>/tmp/kini-fifo
        docker exec -i plain true <&3 && echo early
        rm /tmp/kini-fifo
        docker exec plain ls /tmp
        rm /tmp/kini-bytes
      `);
      assert.equal(
        out.replace(/^[0-9a-f]{64}\n/, ""),
        [
          "code 7",
          "2",
          "code 137",
          "OCI runtime exec failed: exec failed: unable to start container " +
          'process: exec: "nonesuch": executable file not found in $PATH: unknown',
          "code 127",
          "err",
          "early",
          "copied",
          "",
        ].join("\n"),
        image,
      );
      await ok(["docker", "rm", "-f", "plain"]);
    }
  } finally {
    await removeAll();
    await sh("rm -f /tmp/kini-bytes /tmp/kini-fifo");
  }
});

Deno.test("a signal reaches a command that reads from an unprivileged container's own pipe", async () => {
  await removeAll();
  try {
    await sh("docker run -d --name plain busybox:1.37 sleep infinity");
    assert.equal(
      await sh(`
        mkfifo /tmp/kini-fifo
        exec 3<>/tmp/kini-fifo
        docker exec -i plain sh -c 'trap "echo got; exit 9" TERM; echo ready; while :; do sleep 0.1; done' \
          <&3 >/tmp/kini-out & pid=$!
        until grep -q ready /tmp/kini-out; do sleep 0.05; done
        kill -TERM $pid
        wait $pid || echo "code $?"
        cat /tmp/kini-out
        rm /tmp/kini-fifo /tmp/kini-out
      `),
      "code 9\nready\ngot\n",
    );
  } finally {
    await removeAll();
    await sh("rm -f /tmp/kini-fifo /tmp/kini-out");
  }
});

Deno.test("a process that docker exec leaves in the background lives on", async () => {
  await removeAll();
  try {
    await sh("docker run -d --name plain debian:trixie-slim sleep infinity");
    const out = await sh(`
      for i in 1 2 3 4 5; do
        docker exec --privileged plain bash -c 'nohup sleep 12345 >/dev/null 2>&1 &'
      done
      docker exec plain bash -c 'grep -lzx 1234[5] /proc/[0-9]*/cmdline' | wc -l
    `);
    assert.deepEqual(lines(out), ["5"]);
  } finally {
    await removeAll();
  }
});

Deno.test("docker commit keeps owners, modes, times, links and odd names, and leaves volumes out", async () => {
  await removeAll();
  const before = await leftovers();
  try {
    const out = await sh(
      `
      docker run -d --name plain -v /vol debian:trixie-slim sleep infinity >/dev/null
      docker exec plain bash -c '
        mkdir -p /d/e; echo data >/d/f; ln /d/f /d/hard; ln -s f /d/soft
        chown 1234:60000 /d/e; chmod 2710 /d/e; mkfifo /d/pipe; cp /bin/true /d/cap
        chmod 4755 /d/cap; echo no >/vol/inside
        : >/d/ü\\ $(printf "\\\\377")
        find /d -exec touch -h -d 2001-02-03T04:05:06 {} +'
      look() { docker exec "$1" bash -c '
        cd /d; stat -c "%n %F %a %u %g %h %s %Y" -- * | grep -v "pipe.*:"; cat hard; ls -A /vol; test -e /init && echo init'; }
      look plain >${TMP}.before
      docker commit plain my/plain:1 >/dev/null
      docker run -d --name copy my/plain:1 sleep infinity >/dev/null
      look copy >${TMP}.after
      sed -i /inside/d ${TMP}.before
      diff ${TMP}.before ${TMP}.after && wc -l <${TMP}.after
      incus snapshot list plain -f csv; incus image list -f csv -c l | grep -c my/plain
    `,
      { env },
    );
    assert.match(out, /^\d+\n1\n$/);
  } finally {
    await removeAll();
    await sh(`docker rmi -f my/plain:1 || true; rm -rf ${TMP}*`, { env });
  }
  assert.deepEqual(await leftovers(), before);
});

Deno.test("docker commit lets the container go on and leaves nothing at Ctrl-C", async () => {
  await removeAll();
  const before = await leftovers();
  try {
    const out = await sh(
      `
      docker run -d --name plain debian:trixie-slim sleep infinity >/dev/null
      docker exec plain bash -c 'head -c 1G /dev/zero >/big'
      docker commit plain my/plain:1 & pid=$!
      until ls ${TMP}/cache/images/ingest/*/* >/dev/null 2>&1; do sleep 0.02; done
      kill -INT $pid
      wait $pid || echo "code $?"
      docker inspect -f '{{.State.Status}}' plain
      docker images -q my/plain
      kini images verify
    `,
      { env, timeout: 120_000 },
    );
    assert.match(out, /^code 130\nrunning\n.*: 0 names, 0 blobs/);
  } finally {
    await removeAll();
    await sh(`rm -rf ${TMP}*`, { env });
  }
  assert.deepEqual(await leftovers(), before);
});
