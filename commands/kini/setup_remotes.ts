/**
 * `kini setup remotes`
 *
 * @module
 */
import {
  addImageRemotes,
  type EditedConfig,
  type ImageRemote,
  NEW_CONFIG,
} from "../../incus/config_edit.ts";
import {
  configPlaces,
  type Product,
  readConfig,
} from "../../incus/config_files.ts";
import { findRemote } from "../../incus/remote.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import { systemReason } from "../errors.ts";
import { replaceFile } from "./replace_file.ts";

/**
 * The servers of the images that cluster-api-provider-incus makes: system
 * containers with all that kubeadm needs.
 */
const REMOTES: readonly ImageRemote[] = [
  { name: "capi", addr: "https://images.linuxcontainers.org/capn/" },
  {
    name: "capi-stg",
    addr: "https://images-stg.capn.open-cloud.xyz/capn/staging/",
  },
];

/** Adds the servers of kubeadm images to the client configuration. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  args: exactly(0),
  flags: {
    "dry-run": { type: "boolean", usage: "Show the file as it would be" },
  },
  details: "They become remotes of the incus or lxc client, named capi and " +
    "capi-stg. The rest of config.yml stays as it is, comments too, and a copy " +
    "of it is kept. kini itself needs no such remote.",
  examples: ["setup remotes --dry-run"],
  async run(ctx, { values }) {
    const { product, file } = await configFile(ctx);
    const before = await readText(file);
    const edited = edit(before ?? NEW_CONFIG[product], file, product);
    for (const { name, addr } of edited.taken) {
      await ctx.stderr.line(
        `The remote "${name}" of ${file} stays what it is: ${
          addr ?? "it has no address"
        }`,
      );
    }
    if (values["dry-run"]) return await ctx.stdout.text(edited.text);
    if (edited.added.length === 0) {
      return await ctx.stdout.line(`Nothing to add to ${file}.`);
    }
    const backup = await replaceFile(file, edited.text, before !== undefined)
      .catch((cause) => {
        throw new Error(`Cannot write "${file}": ${systemReason(cause)}`, {
          cause,
        });
      });
    const names = edited.added.map(({ name }) => name).join(", ");
    await ctx.stdout.line(
      `Added to ${file}: ${names}${
        backup === undefined ? "" : ` (as it was: ${backup})`
      }`,
    );
  },
});

function edit(text: string, file: string, product: Product): EditedConfig {
  try {
    return addImageRemotes(text, REMOTES);
  } catch (cause) {
    const { message } = cause as Error;
    const tool = product === "lxd" ? "lxc" : "incus";
    throw new Error(
      cause instanceof SyntaxError
        ? `Cannot understand "${file}": ${message}: mend it, and try again`
        : `Cannot add remotes to "${file}": ${message}: add them with ` +
          REMOTES.map(({ name, addr }) =>
            `"${tool} remote add ${name} ${addr} --protocol=simplestreams ` +
            '--public"'
          ).join(" and "),
      { cause },
    );
  }
}

/** The configuration in use; a new one is that of the server that is here. */
async function configFile(
  ctx: Context,
): Promise<{ product: Product; file: string }> {
  const named = ctx.env("KINI_CONFIG");
  if (named) {
    const { resolvePath } = await import("../../docker/path.ts");
    const path = resolvePath(Deno.cwd(), named);
    const file = (await isFolder(path)) ? `${path}/config.yml` : path;
    return { product: /\/(lxc|lxd)\//.test(file) ? "lxd" : "incus", file };
  }
  const places = configPlaces(ctx.env);
  for (const place of places) {
    if (await readConfig(place.file) !== undefined) return place;
  }
  const { path } = await findRemote(ctx.env).catch(() => ({ path: "" }));
  const own = places.filter(({ product }) =>
    product === (/lxd/.test(path) ? "lxd" : "incus")
  );
  // A snap keeps its own.
  const isSnap = /\/snap\//.test(path);
  const place = own.find(({ file }) => /\/snap\//.test(file) === isSnap) ??
    own[0];
  if (place) return place;
  throw new Error(
    "Cannot find the client configuration: HOME is not set: name one with " +
      "KINI_CONFIG",
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** All of it, or an error: what can't be read as text would be lost. */
async function readText(file: string): Promise<string | undefined> {
  if (await readConfig(file) === undefined) return undefined;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(await Deno.readFile(file));
  } catch (cause) {
    throw new Error(
      `Cannot understand "${file}": it is not UTF-8: mend it, and try again`,
      { cause },
    );
  }
}
