import assert from "node:assert/strict";
import {
  DENIED_MESSAGE,
  FOLDER_MESSAGE,
  NOT_FOUND_MESSAGE,
  startScript,
} from "./start_script.ts";

/** Runs a script as a container's first program would run. */
async function run(script: string): Promise<{ code: number; stdout: string }> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, script);
    const { code, stdout } = await new Deno.Command("/bin/sh", {
      args: [path],
      stdin: "null",
      stderr: "null",
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("startScript() hands every argument on unchanged", async () => {
  const words = [
    "plain",
    "",
    "two words",
    "it's",
    '"double"',
    "$HOME `id` \\",
    "line\nbreak",
    "* ? [a] ~ ; & | < > ( ) { } #",
    "ünïcode",
    "-n",
  ];
  const script = startScript({
    command: ["printf", "<%s>", ...words],
    hasNetwork: false,
    stdin: "none" as const,
    extraHosts: [],
  });
  const { code, stdout } = await run(script);
  assert.equal(code, 0);
  assert.equal(stdout, words.map((word) => `<${word}>`).join(""));
});

Deno.test("startScript() says which program can't be run, and ends as docker", async () => {
  const cases: [string, string, number][] = [
    ["no-such-program", NOT_FOUND_MESSAGE, 127],
    ["/no/such/program", NOT_FOUND_MESSAGE, 127],
    ["/etc/passwd", DENIED_MESSAGE, 126],
    ["/etc", FOLDER_MESSAGE, 126],
  ];
  for (const [program, message, want] of cases) {
    const script = startScript({
      command: [program, "x"],
      hasNetwork: false,
      stdin: "none" as const,
      extraHosts: [],
    });
    const { code, stdout } = await run(script);
    assert.equal(code, want, program);
    assert.equal(stdout, `${message}${program}\n`);
  }
});

Deno.test("startScript() lets a command read only where somebody may type", () => {
  const options = { command: ["cat"], hasNetwork: false, extraHosts: [] };
  assert.match(
    startScript({ ...options, stdin: "none" as const }),
    /^exec cat <\/dev\/null$/m,
  );
  for (const stdin of ["pipe", "terminal"] as const) {
    assert.match(startScript({ ...options, stdin }), /^exec cat$/m);
  }
});

Deno.test("startScript() waits for an address only where there is a network", () => {
  const options = { command: ["true"], stdin: "none" as const, extraHosts: [] };
  assert.match(
    startScript({ ...options, hasNetwork: true }),
    /\/proc\/net\/fib_trie/,
  );
  assert.doesNotMatch(
    startScript({ ...options, hasNetwork: false }),
    /fib_trie/,
  );
});

Deno.test("startScript() waits only as long as the kernel doesn't let the address be used", async () => {
  const script = startScript({
    command: ["echo", "ready"],
    hasNetwork: false,
    stdin: "none",
    extraHosts: [],
    // The loopback's address is in use everywhere; another is nowhere.
    ipv6: "::1",
  });
  assert.deepEqual(await run(script), { code: 0, stdout: "ready\n" });
  const file = await Deno.makeTempFile();
  try {
    const tentative = "00000000000000000000000000000001 05 40 00 c0     eth0\n";
    await Deno.writeTextFile(file, tentative);
    const bounded = script.replace("/proc/net/if_inet6", file)
      .replace('"$tries" -lt 100', '"$tries" -lt 2')
      .replaceAll("sleep", "echo waits; :");
    const { stdout } = await run(bounded.replaceAll("2>/dev/null", ""));
    assert.match(stdout, /^waits\n[^]*waits\n[^]*ready\n$/);
    await Deno.writeTextFile(file, tentative.replace("c0", "80"));
    assert.equal((await run(bounded)).stdout, "ready\n");
  } finally {
    await Deno.remove(file);
  }
});
