/**
 * `docker port kind-control-plane 6443/tcp`
 *
 * @module
 */
import { listPorts } from "../../docker/container_ports.ts";
import { formatPortLines, publishedAddresses } from "../../docker/publish.ts";
import { containerFrom, findInstance } from "../../modes/containers.ts";
import { defineCommand } from "../command.ts";
import { DaemonError } from "../errors.ts";

/** The command. */
export const command = defineCommand({
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  flags: {},
  args: { min: 1, max: 2 },
  examples: ["port kind-control-plane 6443/tcp"],
  async run(ctx, { args }) {
    const [name = "", query] = args;
    const instance = await findInstance(await ctx.incus(), name);
    if (!instance) throw new DaemonError(`No such container: ${name}`);
    const ports = listPorts(containerFrom(instance));
    const lines = query === undefined
      ? formatPortLines(ports)
      : publishedAddresses(ports, query, name);
    for (const line of lines) await ctx.stdout.line(line);
  },
});
