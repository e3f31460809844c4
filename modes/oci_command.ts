/**
 * The command of a container in OCI mode.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import { pushFile, statFile } from "../incus/files.ts";
import { makeVolumeFolders } from "./container_folders.ts";
import { requireUser } from "./container_user.ts";
import type { InstanceChange, InstancePlan } from "./mode.ts";
import { followTargets } from "./mount_targets.ts";
import { programPath } from "./program_path.ts";
import { quoteWords } from "./shell_quote.ts";
import { INIT_PATH, scriptFor } from "./start_script.ts";

/**
 * Makes the container's command what the instance runs.
 *
 * Incus runs an entrypoint as PID 1 only under a few names, `/init` among
 * them, and puts an init of its own in front of others. Docker's containers
 * have their command as PID 1, and systemd insists on it. So `/init` becomes a
 * script that ends in the command; in an image without a shell, a link to it.
 * With `--init` docker wants an init in front: Incus's own is that.
 */
export async function placeOciCommand(
  client: IncusClient,
  name: string,
  plan: InstancePlan,
  request: RunRequest,
): Promise<InstanceChange> {
  const [asked = ""] = plan.command;
  if (!asked) {
    throw new IncusError(400, "run", "no command specified");
  }
  const [shell, init, devices] = await Promise.all([
    statFile(client, name, "/bin/sh"),
    statFile(client, name, INIT_PATH),
    followTargets(client, name, plan.body.devices),
    makeVolumeFolders(client, name, plan),
  ]);
  const taken = init !== undefined;
  const config = await userConfig(client, name, request);
  const program = shell
    ? asked
    : await programPath(client, name, asked, plan.record.env);
  if (shell && plan.asInit && !taken) {
    await pushFile(
      client,
      name,
      INIT_PATH,
      scriptFor(plan, request, {
        waitForAddress: true,
        coverNetworkFiles: request.privileged &&
          plan.body.config["security.privileged"] === "false",
      }),
      {
        mode: 0o755,
        uid: 0,
        gid: 0,
      },
    );
    config["oci.entrypoint"] = INIT_PATH;
  } else if (plan.asInit && !taken && program.startsWith("/")) {
    await pushFile(client, name, INIT_PATH, program, { type: "symlink" });
    config["oci.entrypoint"] = quoteWords([
      INIT_PATH,
      ...plan.command.slice(1),
    ]);
  } else {
    config["oci.entrypoint"] = quoteWords(plan.command);
  }
  return { config, devices };
}

/** Another user than the image's is looked up in the image's own files. */
async function userConfig(
  client: IncusClient,
  name: string,
  { user, env }: RunRequest,
): Promise<Record<string, string>> {
  if (user === "") return {};
  const { uid, gid, home } = await requireUser(client, name, user);
  return {
    "oci.uid": String(uid),
    "oci.gid": String(gid),
    // The server has put that of the image's user there.
    ...(!env.some((one) => one.startsWith("HOME=")) &&
      { "environment.HOME": home }),
  };
}
