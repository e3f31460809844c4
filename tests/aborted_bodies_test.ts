import assert from "node:assert/strict";

Deno.test("bodies are aborted whatever the garbage collector took", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--allow-all",
        "--no-check",
        "--v8-flags=--expose-gc",
        new URL("aborted_bodies.ts", import.meta.url).pathname,
        `${folder}/socket`,
      ],
      stdin: "null",
      // A body that isn't aborted is waited for without end.
      signal: AbortSignal.timeout(60_000),
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
