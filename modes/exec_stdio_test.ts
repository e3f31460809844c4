import assert from "node:assert/strict";
import { innerPipesFor, withInnerPipes } from "./exec_stdio.ts";

/** Runs a command by way of a shell of this machine, with pipes around it. */
async function run(
  shell: string,
  command: string[],
  options: {
    stdin?: Uint8Array;
    output?: boolean;
    env?: Record<string, string>;
    cwd?: string;
  } = {},
) {
  const env = { PATH: "/usr/bin:/bin", ...options.env };
  const words = withInnerPipes(
    command,
    { stdin: options.stdin !== undefined, output: options.output ?? false },
    Object.keys(env),
  );
  const child = new Deno.Command(shell, {
    args: words!.slice(1),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    clearEnv: true,
    env,
    cwd: options.cwd ?? "/",
  }).spawn();
  const writer = child.stdin.getWriter();
  const feeding = (async () => {
    // The command may end before it has read all.
    await writer.write(options.stdin ?? new Uint8Array()).catch(() => {});
    await writer.close().catch(() => {});
  })();
  const { code, stdout, stderr } = await child.output();
  await feeding;
  return {
    code,
    stdout,
    text: new TextDecoder().decode(stdout),
    errors: new TextDecoder().decode(stderr),
  };
}

/** dash, bash and bash as `sh`: whichever this machine has. */
async function shells(): Promise<string[]> {
  const found: string[] = [];
  for (const path of ["/bin/sh", "/bin/dash", "/bin/bash"]) {
    if (await Deno.stat(path).catch(() => undefined)) found.push(path);
  }
  return found;
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("innerPipesFor() asks for input, and for outputs that are named", () => {
  const cases: [string[], boolean, ReturnType<typeof innerPipesFor>][] = [
    [["cat"], false, undefined],
    [["cat"], true, { stdin: true, output: false }],
    [["tee", "/dev/stderr"], false, { stdin: false, output: true }],
    [["sh", "-c", "a >/dev/stdout"], true, { stdin: true, output: true }],
    [["a", "--log=/proc/self/fd/2"], false, { stdin: false, output: true }],
    [["a", "/proc/1/fd/1"], false, { stdin: false, output: true }],
    [["a", "/dev/fd/2"], false, { stdin: false, output: true }],
    [["cat", "/dev/stdin", "/dev/fd/10"], false, undefined],
  ];
  for (const [command, interactive, want] of cases) {
    assert.deepEqual(
      innerPipesFor(command, interactive),
      want,
      String(command),
    );
  }
});

Deno.test("withInnerPipes() gives stdin as a pipe that opens by path, byte by byte", async () => {
  const stdin = new Uint8Array(3_000_000).map((_, at) => at * 31 + (at >> 9));
  for (const shell of await shells()) {
    for (const path of ["/dev/stdin", "-"]) {
      const { code, stdout } = await run(shell, ["cat", path], { stdin });
      assert.equal(code, 0, shell);
      assert.deepEqual(stdout, stdin, `${shell} ${path}`);
    }
  }
});

Deno.test("withInnerPipes() hands on codes and signals, and leaves early", async () => {
  const stdin = new Uint8Array(1_000_000);
  for (const shell of await shells()) {
    const cases: [string[], number][] = [
      [["true"], 0],
      [["sh", "-c", "exit 7"], 7],
      [["head", "-c", "3"], 0],
      [["sh", "-c", "kill -9 $$"], 137],
      [["/"], 126],
      [["/etc/passwd"], 126],
      [["/none/at/all"], 127],
      [["no-such-program"], 127],
      // In the shell, but in no folder of PATH.
      [["unset"], 127],
      [[""], 127],
    ];
    for (const [command, want] of cases) {
      for (const output of [false, true]) {
        const result = await run(shell, command, { stdin, output });
        assert.equal(result.code, want, `${shell} ${command}`);
        assert.equal(result.errors, "", `${shell} ${command}`);
      }
    }
  }
});

Deno.test("withInnerPipes() adds nothing to the environment or the open files", async () => {
  const env = { A: "1 2", B: "x\ny", HOME: "/h" };
  for (const shell of await shells()) {
    const { text } = await run(shell, ["env", "-0"], {
      stdin: bytes("x"),
      output: true,
      env,
    });
    const names = text.split("\0").filter(Boolean).filter((one) =>
      // bash can't leave them out.
      !/^(_|SHLVL)=/.test(one)
    );
    assert.deepEqual(names.sort(), [
      "A=1 2",
      "B=x\ny",
      "HOME=/h",
      "PATH=/usr/bin:/bin",
    ], shell);
    const list = ["sh", "-c", "cd /proc/self/fd && echo *"];
    const plain = await new Deno.Command(list[0]!, { args: list.slice(1) })
      .output();
    const files = await run(shell, list, { stdin: bytes("x"), output: true });
    assert.deepEqual(files.stdout, plain.stdout, shell);
  }
});

Deno.test("withInnerPipes() keeps outputs apart and whole", async () => {
  for (const shell of await shells()) {
    const { text, errors, code } = await run(shell, [
      "sh",
      "-c",
      "echo a >/dev/stdout; echo b >/dev/stderr; cat /dev/stdin; exit 3",
    ], { stdin: bytes("in"), output: true });
    assert.deepEqual([text, errors, code], ["a\nin", "b\n", 3], shell);
    const large = await run(shell, ["head", "-c", "5000000", "/dev/zero"], {
      output: true,
    });
    assert.equal(large.stdout.length, 5_000_000);
  }
});

Deno.test("withInnerPipes() leaves variables alone that a shell would drop", () => {
  const pipes = { stdin: true, output: false };
  assert.equal(withInnerPipes(["a"], pipes, ["A", "my.name"]), undefined);
  assert.equal(withInnerPipes(["a"], pipes, ["1A"]), undefined);
  const words = withInnerPipes(["a", "b c"], pipes, ["PWD", "_x"]);
  assert.deepEqual(words?.slice(3), ["kini", "a", "b c"]);
  assert.match(words?.[2] ?? "", /^unset OLDPWD SHLVL _$/m);
});
