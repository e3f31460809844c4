/**
 * `docker context inspect --format {{ (index .Endpoints "docker").Host }} default`
 *
 * @module
 */
import { goMap, type GoStruct, goStruct } from "../../docker/go_value.ts";
import { addressOf } from "../../incus/remote.ts";
import { anyArguments, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { inspectObjects } from "./inspect_objects.ts";
import { FORMAT_USAGE } from "./list_flags.ts";

/** The one context there is. */
const CONTEXT = "default";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] [CONTEXT] [CONTEXT...]",
  flags,
  args: anyArguments,
  examples: [
    "context inspect",
    'context inspect -f "{{.Endpoints.docker.Host}}"',
  ],
  async run(ctx, { values, args }) {
    const names = args.length > 0 ? args : [CONTEXT];
    await inspectObjects(ctx, names, values.format, async (name) => {
      if (name !== CONTEXT) {
        return `context "${name}": context not found: kini has one context, "${CONTEXT}"`;
      }
      const { remote } = await ctx.incus();
      return { view: () => contextView(addressOf(remote)), deferred: [] };
    });
  },
});

function contextView(address: string): GoStruct {
  const inMemory = "<IN MEMORY>";
  return goStruct("context.contextWithTLSListing", {
    Name: CONTEXT,
    Metadata: goMap({}, "map[string]interface {}"),
    Endpoints: goMap({
      docker: goStruct("context.EndpointMetaBase", {
        Host: address,
        SkipTLSVerify: false,
      }),
    }, "map[string]context.EndpointMetaBase"),
    TLSMaterial: goMap({}, "map[string]store.EndpointFiles"),
    Storage: goStruct("store.StorageInfo", {
      MetadataPath: inMemory,
      TLSPath: inMemory,
    }),
  });
}
