/**
 * Streams and exit codes of real commands in real containers.
 */
import assert from "node:assert/strict";
import { lab, leftovers, lines, ok, removeAll, sh } from "./lab.ts";

const MiB = 1024 * 1024;

/** A container for the tests of this file. */
async function withContainer(test: () => Promise<void>): Promise<void> {
  await removeAll();
  const before = await leftovers();
  // Privileged, as nodes are: in a user namespace nothing that comes from
  // outside can be opened again by its path.
  await sh("docker run -d --privileged --name c1 busybox:1.37 sleep 100000");
  try {
    await test();
  } finally {
    await removeAll();
  }
  assert.deepEqual(await leftovers(), before);
}

Deno.test("no exit code is lost in 500 short commands", () =>
  withContainer(async () => {
    const codes = await sh(
      `
      for i in $(seq 500); do
        code=0
        docker exec c1 sh -c 'exit 7' || code=$?
        echo $code
      done | sort | uniq -c | tr -s ' '
    `,
      { timeout: 600_000 },
    );
    assert.equal(codes, " 500 7\n");
  }));

Deno.test("an output of 200 MB arrives whole, at a slow reader too", () =>
  withContainer(async () => {
    const make = "dd if=/dev/zero bs=1M count=200 2>/dev/null | tr '\\\\0' x";
    const sums = lines(
      await sh(`
        docker exec c1 sh -c "${make}" | sha256sum
        docker exec c1 sh -c "${make}" | (sleep 2; sha256sum)
        docker exec c1 sh -c "${make} >&2" 2>&1 >/dev/null | sha256sum
        head -c ${200 * MiB} /dev/zero | tr '\\0' x | sha256sum
      `),
    );
    assert.equal(new Set(sums).size, 1, sums.join("\n"));
  }));

Deno.test("1 GiB of input takes less than 120 MiB of memory", () =>
  withContainer(async () => {
    const peak = await sh(`
      cat >/tmp/peak.py <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdin=sys.stdin, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
      head -c ${1024 * MiB} /dev/zero |
        python3 /tmp/peak.py docker exec -i c1 sh -c 'wc -c >/tmp/count'
      docker exec c1 cat /tmp/count
      rm /tmp/peak.py
    `);
    const [kib, count] = lines(peak).map(Number);
    assert.equal(count, 1024 * MiB);
    assert.ok(kib! < 120 * 1024, `${kib} KiB`);
  }));

Deno.test("an output that nobody reads fills no memory", () =>
  withContainer(async () => {
    const peak = Number(
      await sh(`
        mkfifo /tmp/stalled
        (sleep 4) </tmp/stalled &
        docker exec c1 cat /dev/zero >/tmp/stalled &
        pid=$!
        sleep 3
        awk '/VmHWM/ { print $2 }' /proc/$pid/status
        kill -9 $pid
        rm /tmp/stalled
        wait || true
      `),
    );
    assert.ok(peak > 0 && peak < 120 * 1024, `${peak} KiB`);
  }));

Deno.test("input ends, is empty, or is left alone", () =>
  withContainer(async () => {
    assert.equal(
      await ok(["docker", "exec", "-i", "c1", "cat"], { stdin: "a\nb" }),
      "a\nb",
    );
    assert.equal(
      await sh(`
        docker exec -i c1 cp /dev/stdin /tmp/empty </dev/null
        docker exec c1 stat -c %s /tmp/empty
        printf 'one\\ntwo\\n' | while read -r line; do
          docker exec c1 echo "$line"
        done
      `),
      "0\none\ntwo\n",
    );
  }));

Deno.test("a terminal has the size of the caller's and hands keys on", () =>
  withContainer(async () => {
    const shown = await sh(`
      python3 - <<'PY'
import fcntl, os, pty, select, signal, struct, termios, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp("docker", ["docker", "exec", "-it", "c1", "sh"])
def size(rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
seen = b""
def until(word):
    global seen
    end = time.time() + 20
    while word not in seen:
        if time.time() > end: raise SystemExit(f"never saw {word!r} in {seen!r}")
        if select.select([fd], [], [], 0.2)[0]:
            try: seen += os.read(fd, 65536)
            except OSError: return
size(40, 120)
until(b"#")
os.kill(pid, signal.SIGWINCH)
time.sleep(0.5)
os.write(fd, b"stty size; echo don''e\\n")
until(b"done")
size(33, 99)
os.kill(pid, signal.SIGWINCH)
time.sleep(0.5)
os.write(fd, b"stty size; sleep 100\\n")
until(b"33 99")
time.sleep(0.5)
os.write(fd, b"\\x03")
os.write(fd, b"exit 9\\n")
_, status = os.waitpid(pid, 0)
print("40 120" in seen.decode(), os.waitstatus_to_exitcode(status))
PY
    `);
    assert.equal(shown, "True 9\n");
  }));

Deno.test("a signal reaches the command", () =>
  withContainer(async () => {
    const result = await lab([
      "bash",
      "-c",
      `
      docker exec c1 sh -c 'trap "echo caught; exit 4" TERM; echo up; while :; do sleep 0.1; done' >/tmp/out &
      pid=$!
      until grep -q up /tmp/out; do sleep 0.1; done
      kill -TERM $pid
      wait $pid
      echo $?; cat /tmp/out; rm /tmp/out
    `,
    ]);
    assert.equal(result.stdout, "4\nup\ncaught\n");
  }));
