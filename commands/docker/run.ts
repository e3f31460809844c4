/**
 * `docker run`: kind makes each node and load balancer with
 * `docker run --name NODE --hostname NODE --label … --privileged --detach --tty
 * --tmpfs /tmp --volume /var --publish=127.0.0.1:PORT:6443/TCP … IMAGE`.
 *
 * @module
 */
import { removeOwn } from "../../modes/remove.ts";
import { startContainer } from "../../modes/start.ts";
import { containerFrom } from "../../modes/containers.ts";
import { removeOnStop } from "../../modes/remove.ts";
import { atLeast, defineCommand } from "../command.ts";
import { UsageError } from "../errors.ts";
import { exists } from "../local_files.ts";
import { createFromRequest } from "./create_container.ts";
import { createFlags } from "./create_flags.ts";
import { freePort } from "./free_port.ts";
import { readRequest } from "./read_request.ts";
import { explainStart, withRuntimeLog } from "./start_failure.ts";

/** Creates a container and starts it. */
export const command = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  args: atLeast(1),
  stopAtFirstPositional: true,
  flags: {
    ...createFlags,
    attach: {
      type: "strings",
      short: "a",
      value: "list",
      usage: "Attach to STDIN, STDOUT or STDERR",
      ignored: "without --detach all of them are attached",
    },
    detach: {
      type: "boolean",
      short: "d",
      usage: "Run container in background and print container ID",
    },
    "detach-keys": {
      type: "string",
      usage: "Override the key sequence for detaching a container",
      ignored: "Ctrl-C ends the attachment",
    },
    cidfile: {
      type: "string",
      usage: "Write the container ID to the file",
    },
    "sig-proxy": {
      type: "boolean",
      default: true,
      usage: "Proxy received signals to the process",
    },
  },
  examples: [
    "run -d --name web -p 8080:80 nginx",
    "run -d --privileged --name node kindest/node:v1.35.0",
  ],
  async run(ctx, input) {
    const request = await readRequest(ctx, input);
    await checkOutputs(input.values);
    request.attach = !input.values.detach;
    if (
      request.attach && request.tty && request.openStdin &&
      !ctx.stdin.isTerminal()
    ) {
      throw new UsageError("the input device is not a TTY", {
        subject: "plain",
      });
    }
    const client = await ctx.incus();
    const created = await createFromRequest(ctx, client, request);
    try {
      const instance = await startContainer(
        client,
        created,
        freePort,
        ctx.signal,
      );
      await explainStart(client, created, containerFrom(instance));
      if (input.values.detach) await removeOnStop(client, created);
      ctx.signal.throwIfAborted();
      for (const warning of created.warnings) {
        await ctx.stderr.line(`WARNING: ${warning}`);
      }
    } catch (error) {
      const explained = await withRuntimeLog(client, created, error);
      await removeOwn(client, created.name, created.id);
      throw explained;
    }
    if (input.values.cidfile) {
      await Deno.writeTextFile(input.values.cidfile, created.id);
    }
    if (input.values.detach) return await ctx.stdout.line(created.id);
    const { attach } = await import("./attach.ts");
    await attach(ctx, client, created, {
      forwardSignals: input.values["sig-proxy"],
    });
  },
});

/** What else than the container itself the command line asks for. */
async function checkOutputs(
  { attach, cidfile, detach }: {
    attach: readonly string[];
    cidfile?: string | undefined;
    detach: boolean;
  },
): Promise<void> {
  const bad = attach.find((one) => !/^std(in|out|err)$/i.test(one));
  if (bad !== undefined) {
    throw new UsageError(
      `invalid argument ${JSON.stringify(bad)} for "-a, --attach" flag: ` +
        "valid streams are STDIN, STDOUT and STDERR",
      { subject: "flag" },
    );
  }
  if (detach && attach.length > 0) {
    throw new UsageError("Conflicting options: -a and -d", {
      subject: "plain",
    });
  }
  if (cidfile && await exists(cidfile)) {
    throw new UsageError(
      "container ID file found, make sure the other container isn't running " +
        `or delete ${cidfile}`,
      { subject: "value" },
    );
  }
}
