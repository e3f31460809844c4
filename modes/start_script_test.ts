import assert from "node:assert/strict";
import { NOT_FOUND_MESSAGE, startScript } from "./start_script.ts";

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
    extraHosts: [],
  });
  const { code, stdout } = await run(script);
  assert.equal(code, 0);
  assert.equal(stdout, words.map((word) => `<${word}>`).join(""));
});

Deno.test("startScript() says which program is missing, and ends with 127", async () => {
  const script = startScript({
    command: ["no-such-program", "x"],
    hasNetwork: false,
    extraHosts: [],
  });
  const { code, stdout } = await run(script);
  assert.equal(code, 127);
  assert.equal(stdout, `${NOT_FOUND_MESSAGE}no-such-program\n`);
});

Deno.test("startScript() waits for an address only where there is a network", () => {
  const options = { command: ["true"], extraHosts: [] };
  assert.match(
    startScript({ ...options, hasNetwork: true }),
    /\/proc\/net\/fib_trie/,
  );
  assert.doesNotMatch(
    startScript({ ...options, hasNetwork: false }),
    /fib_trie/,
  );
});
