/**
 * `docker inspect --type=image kindest/node:v1.35.0@sha256:…`
 *
 * @module
 */
import type { Context } from "../context.ts";
import { atLeast, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { imagePlaces } from "./image_places.ts";
import { type Inspected, inspectObjects } from "./inspect_objects.ts";
import { FORMAT_USAGE } from "./list_flags.ts";
import {
  imageOrNothing,
  missingContainer,
  missingImage,
  missingNetwork,
  ObjectLookup,
} from "./object_lookup.ts";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
  size: {
    type: "boolean",
    short: "s",
    usage: "Display total file sizes if the type is container",
    ignored: "measuring sizes would read every disk",
  },
  type: {
    type: "string",
    default: "",
    usage: "Return JSON for specified type",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  flags,
  args: atLeast(1),
  examples: [
    "inspect -f '{{json .NetworkSettings.Networks}}' web",
  ],
  run: (ctx, { values, args }) =>
    inspectType(ctx, args, values.format, values.type),
});

/** Prints objects of one type, or of any type when it is empty. */
export async function inspectType(
  ctx: Context,
  refs: readonly string[],
  format: string,
  type: string,
): Promise<void> {
  const find = Object.hasOwn(FINDERS, type) ? FINDERS[type] : undefined;
  if (!find) throw new Error(`"${type}" is not a valid value for --type`);
  let lookup: Promise<ObjectLookup> | undefined;
  await inspectObjects(ctx, refs, format, async (ref) => {
    lookup ??= imagePlaces(ctx).then((places) =>
      new ObjectLookup(places, ctx.env("KINI_NETWORK"))
    );
    return await find(await lookup, ref, format === "" || format === "json");
  });
}

/** How an object is found, by `--type`; a text says that there is none. */
const FINDERS: Readonly<
  Record<
    string,
    (
      lookup: ObjectLookup,
      ref: string,
      whole: boolean,
    ) => Promise<Inspected | string>
  >
> = {
  "": async (lookup, ref, whole) =>
    ref !== "" &&
      (await lookup.container(ref) ??
        await imageOrNothing(lookup, ref, whole) ??
        await lookup.network(ref)) ||
    `Error: No such object: ${ref}`,
  container: async (lookup, ref) =>
    await lookup.container(ref) ?? missingContainer(ref),
  image: async (lookup, ref, whole) =>
    await imageOrNothing(lookup, ref, whole) ?? missingImage(ref),
  network: async (lookup, ref) =>
    await lookup.network(ref) ?? missingNetwork(ref),
  // Anonymous volumes live in their container; there are no others.
  volume: (_, ref) =>
    Promise.resolve(
      `Error response from daemon: get ${ref}: no such volume`,
    ),
};
