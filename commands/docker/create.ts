/**
 * `docker create`: `run` without the start.
 *
 * @module
 */
import { atLeast, defineCommand } from "../command.ts";
import { createFromRequest } from "./create_container.ts";
import { createFlags } from "./create_flags.ts";
import { readRequest } from "./read_request.ts";

/** Creates a container and prints its id. */
export const command = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  args: atLeast(1),
  stopAtFirstPositional: true,
  flags: createFlags,
  examples: ["create --name web -p 8080:80 nginx"],
  async run(ctx, input) {
    const request = await readRequest(ctx, input);
    request.attach = false;
    const client = await ctx.incus();
    const { id } = await createFromRequest(ctx, client, request);
    await ctx.stdout.line(id);
  },
});
