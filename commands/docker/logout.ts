/**
 * `docker logout`
 *
 * @module
 */
import { registryOfKey, serverKey } from "../../images/credential_file.ts";
import { dockerConfigPath } from "../../images/docker_config.ts";
import { forgetCredentials } from "../../images/docker_config_file.ts";
import { defineCommand } from "../command.ts";

/** Forgets a registry's name and password. */
export const command = defineCommand({
  usage: "[SERVER]",
  args: { min: 0, max: 1 },
  flags: {},
  examples: ["logout registry.example"],
  async run(ctx, { args }) {
    const registry = registryOfKey(args[0] ?? "docker.io");
    await ctx.stdout.line(
      `Removing login credentials for ${serverKey(registry)}`,
    );
    const path = dockerConfigPath((name) => ctx.env(name));
    if (path) await forgetCredentials(path, registry);
  },
});
