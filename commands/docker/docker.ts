/**
 * The `docker` program.
 *
 * @module
 */
import type { Program } from "../command.ts";
import { table } from "./table.ts";
import { DOCKER_VERSION } from "../version.ts";

/** `docker`, as kind and people call it. */
export const docker: Program = {
  table,
  summary: "The docker commands that kind needs, on Incus or LXD",
  examples: ["ps", "exec -it kind-control-plane bash"],
  flags: {
    version: {
      type: "boolean",
      short: "v",
      usage: "Print version information and quit",
    },
    context: {
      type: "string",
      short: "c",
      usage: "Name of the context to use",
      ignored: "there is one server; Incus remotes take the place of contexts",
    },
    debug: {
      type: "boolean",
      short: "D",
      usage: "Enable debug mode",
      ignored: "KINI_LOG=debug does it",
    },
    host: {
      type: "strings",
      short: "H",
      value: "list",
      usage: "Daemon socket to connect to",
      ignored: "KINI_SOCKET names the server's socket",
    },
    "log-level": {
      type: "string",
      short: "l",
      usage: "Set the logging level",
      ignored: "KINI_LOG does it",
    },
    config: {
      type: "string",
      usage: "Location of client config files",
      ignored: "DOCKER_CONFIG names the folder",
    },
  },
  async runFlags(ctx, { values }) {
    if (!values.version) return false;
    // kind takes a program for docker by the first words of this one line.
    await ctx.stdout.line(DOCKER_VERSION);
    return true;
  },
};
