/**
 * The commands that every fake instance has.
 *
 * @module
 */
import type { ExecResult, FakeExec } from "./fake_exec.ts";
import { endInstance } from "./instance_state.ts";
import type { World } from "./world.ts";

type BuiltIn = (
  exec: FakeExec,
  args: string[],
  world: World,
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
  kill,
  sh: shell,
  sleep,
};

/** Runs a built-in command; 127 when there is none of that name. */
export async function builtInCommand(
  exec: FakeExec,
  world: World,
): Promise<ExecResult> {
  const [name = "", ...args] = exec.command;
  const command = COMMANDS[name.replace(/^.*\//, "")];
  return command ? await command(exec, args, world) : { code: 127 };
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

/** HUP, INT, QUIT, KILL, TERM and systemd's RTMIN+3. */
const ENDING = [1, 2, 3, 9, 15, 37];

/** `kill -N 1`: what PID 1 does about it is the test's to say. */
function kill(exec: FakeExec, args: string[], world: World): ExecResult {
  const signal = Number(args[0]?.slice(1));
  const { instance } = exec;
  if (args[1] !== "1") {
    return { stderr: `kill: ${args[1]}: No such process\n`, code: 1 };
  }
  instance.signals.push(signal);
  if (world.hooks.onSignal?.(instance, signal) ?? ENDING.includes(signal)) {
    endInstance(world, instance, { signal });
  }
  return {};
}

/** `sh -c` with `echo WORDS`, `kill -N 1` and `exit N`; nothing else. */
function shell(exec: FakeExec, args: string[], world: World): ExecResult {
  const script = args[0] === "-c" ? args[1] ?? "" : "";
  let stdout = "";
  for (const part of script.split(";").map((one) => one.trim())) {
    const [, words] = /^echo (.*)$/.exec(part) ?? [];
    if (words !== undefined) stdout += `${words}\n`;
    if (part.startsWith("kill ")) kill(exec, part.split(" ").slice(1), world);
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
