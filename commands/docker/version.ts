/**
 * `docker version`
 *
 * @module
 */
import { renderValue } from "../../docker/format.ts";
import { alignTable } from "../../docker/table.ts";
import {
  type ServerVersion,
  versionText,
  versionView,
} from "../../docker/version_view.ts";
import { ConnectionError } from "../../incus/errors.ts";
import { dockerArchitecture } from "../../docker/architecture.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import type { FlagTable } from "../flags.ts";
import { clientFacts } from "./client_facts.ts";
import { FORMAT_USAGE } from "./list_flags.ts";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
} satisfies FlagTable;

/** The columns of `docker version` are wider than those of lists. */
const TABLE = { minWidth: 20, padding: 1 };

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["version", 'version -f "{{.Server.Version}}"'],
  async run(ctx, { values: { format } }) {
    const client = clientFacts();
    let server: ServerVersion | undefined;
    let failure: ConnectionError | undefined;
    try {
      server = await serverVersion(ctx);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      failure = error;
    }
    // The client's part is printed all the same, as docker does.
    try {
      await ctx.stdout.text(
        format === ""
          ? alignTable(versionText(client, server), TABLE)
          : renderValue(versionView(client, server), format, {
            name: "version",
            table: TABLE,
          }),
      );
    } catch (error) {
      throw failure ?? error;
    }
    if (failure) throw failure;
  },
});

async function serverVersion(ctx: Context): Promise<ServerVersion> {
  const { environment, api_version } = await (await ctx.incus()).server();
  return {
    product: environment.server === "lxd" ? "LXD" : "Incus",
    version: environment.server_version,
    apiVersion: api_version,
    kernelVersion: environment.kernel_version,
    architecture: dockerArchitecture(environment.kernel_architecture),
    runtime: { name: environment.driver, version: environment.driver_version },
  };
}
