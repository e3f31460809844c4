/**
 * The commands that every fake instance has.
 *
 * @module
 */
import type { ExecResult, FakeExec } from "./fake_exec.ts";

type BuiltIn = (
  exec: FakeExec,
  args: string[],
) => ExecResult | Promise<ExecResult>;

const COMMANDS: Record<string, BuiltIn> = {
  true: () => ({}),
  false: () => ({ code: 1 }),
  echo: (_exec, args) => ({ stdout: `${args.join(" ")}\n` }),
  cat,
  env: (exec) => ({
    stdout: Object.entries(exec.environment)
      .map(([name, value]) => `${name}=${value}\n`).join(""),
  }),
  sh: shell,
  sleep,
};

/** Runs a built-in command; 127 when there is none of that name. */
export async function builtInCommand(exec: FakeExec): Promise<ExecResult> {
  const [name = "", ...args] = exec.command;
  const command = COMMANDS[name.replace(/^.*\//, "")];
  return command ? await command(exec, args) : { code: 127 };
}

async function cat(exec: FakeExec, args: string[]): Promise<ExecResult> {
  const files = args.filter((arg) => arg !== "-");
  if (files.length === 0) {
    for (let data = await exec.read(); data; data = await exec.read()) {
      await exec.stdout(data);
    }
    return {};
  }
  for (const path of files) {
    const text = exec.instance.files.readText(path);
    if (text === undefined) {
      return {
        stderr: `cat: can't open '${path}': No such file or directory\n`,
        code: 1,
      };
    }
    await exec.stdout(text);
  }
  return {};
}

/** `sh -c 'exit N'` and `sh -c 'echo WORDS; exit N'`; nothing else. */
function shell(_exec: FakeExec, args: string[]): ExecResult {
  const script = args[0] === "-c" ? args[1] ?? "" : "";
  let stdout = "";
  for (const part of script.split(";").map((one) => one.trim())) {
    const [, words] = /^echo (.*)$/.exec(part) ?? [];
    if (words !== undefined) stdout += `${words}\n`;
    const [, code] = /^exit (\d+)$/.exec(part) ?? [];
    if (code !== undefined) return { stdout, code: Number(code) };
  }
  return { stdout };
}

/** Runs until a signal comes or the command is killed; no time passes here. */
async function sleep(exec: FakeExec): Promise<ExecResult> {
  while (true) {
    const message = await exec.nextMessage();
    if (!message) return { code: 137 };
    if (message.command === "signal") {
      return { code: 128 + (message.signal ?? 0) };
    }
  }
}
