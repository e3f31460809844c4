/**
 * The command of a container in LXC mode, and the files that docker writes
 * before it runs.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { pushFile, statFile } from "../incus/files.ts";
import { rawLines } from "./config_check.ts";
import { makeFolder, makeVolumeFolders } from "./container_folders.ts";
import { type ContainerUser, requireUser } from "./container_user.ts";
import { writeNetworkFiles } from "./lxc_files.ts";
import { mountLines } from "./lxc_mounts.ts";
import type { InstanceChange, InstancePlan } from "./mode.ts";
import { followTargets } from "./mount_targets.ts";
import { programPath } from "./program_path.ts";
import { INIT_PATH, OTHER_INIT_PATH, scriptFor } from "./start_script.ts";

/** Set by the container runtime itself, over what the instance says. */
const RUNTIME_VARIABLE = /^container=/;

/**
 * Makes the container's command the first process of the instance: by the
 * start script, or, in an image without a shell, as it is.
 */
export async function placeLxcCommand(
  client: IncusClient,
  name: string,
  plan: InstancePlan,
  request: RunRequest,
): Promise<InstanceChange> {
  const { record } = plan;
  const [asked = "", ...args] = plan.command;
  if (!asked) {
    throw new IncusError(400, "run", "no command specified");
  }
  const [shell, init, user, devices, mounts] = await Promise.all([
    statFile(client, name, "/bin/sh"),
    statFile(client, name, INIT_PATH),
    requireUser(client, name, record.user),
    followTargets(client, name, plan.body.devices),
    mountLines(client, name, request, plan),
    makeVolumeFolders(client, name, plan),
    makeFolder(client, name, record.workingDir || "/"),
    writeNetworkFiles(client, name, plan, request),
  ]);
  let command: string;
  if (shell) {
    command = init ? OTHER_INIT_PATH : INIT_PATH;
    const script = scriptFor(plan, request, {
      waitForAddress: false,
      environment: record.env.filter((text) => RUNTIME_VARIABLE.test(text)),
    });
    await pushFile(client, name, command, script, {
      mode: 0o755,
      uid: 0,
      gid: 0,
    });
  } else {
    const program = await programPath(client, name, asked, record.env);
    command = runtimeWords([program, ...args]);
  }
  const lines = [
    ...mounts,
    `lxc.init.cmd=${command}`,
    ...processLines(record.workingDir, user),
  ];
  const config: Record<string, string> = {
    "raw.lxc": `${plan.body.config["raw.lxc"]}\n${rawLines(lines)}`,
  };
  if (!("environment.HOME" in plan.body.config)) {
    config["environment.HOME"] = user.home;
  }
  return { config, devices };
}

function processLines(workingDir: string, user: ContainerUser): string[] {
  const lines: string[] = [];
  if (workingDir && workingDir !== "/") {
    lines.push(`lxc.init.cwd=${workingDir}`);
  }
  if (user.uid !== 0) lines.push(`lxc.init.uid=${user.uid}`);
  if (user.gid !== 0) lines.push(`lxc.init.gid=${user.gid}`);
  return lines;
}

/**
 * Words as the runtime splits them (`lxc.init.cmd`): either kind of quotes
 * around a word, and no escapes.
 *
 * @throws {RangeError} for a word with both, or with a line break.
 */
function runtimeWords(words: readonly string[]): string {
  return words.map((word) => {
    if (/^[^\s"']+$/.test(word)) return word;
    const quote = word.includes("'") ? '"' : "'";
    if (word.includes(quote) || /[\r\n]/.test(word)) {
      throw new RangeError(
        `the argument ${JSON.stringify(word)} can't be passed to a container ` +
          "in LXC mode: its image has no /bin/sh, which it would take",
      );
    }
    return `${quote}${word}${quote}`;
  }).join(" ");
}
