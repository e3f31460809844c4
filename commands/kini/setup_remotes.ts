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
import { configPlaces, readConfig } from "../../incus/config_files.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import { freeName } from "./setup_links.ts";

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
    const file = await configFile(ctx);
    const before = await readConfig(file);
    let edited: EditedConfig;
    try {
      edited = addImageRemotes(before ?? NEW_CONFIG, REMOTES);
    } catch (cause) {
      throw new Error(
        `Cannot add remotes to "${file}": ${(cause as Error).message}: add ` +
          REMOTES.map(({ name, addr }) => `${name} (${addr})`).join(" and ") +
          ' with "incus remote add --protocol=simplestreams --public"',
        { cause },
      );
    }
    for (const { name, addr } of edited.taken) {
      await ctx.stderr.line(
        `The remote "${name}" of ${file} stays what it is: ${addr}`,
      );
    }
    if (values["dry-run"]) return await ctx.stdout.text(edited.text);
    if (edited.added.length === 0) {
      return await ctx.stdout.line(`Nothing to add to ${file}.`);
    }
    const backup = await replaceFile(file, edited.text, before !== undefined);
    const names = edited.added.map(({ name }) => name).join(", ");
    await ctx.stdout.line(
      `Added to ${file}: ${names}${
        backup === undefined ? "" : ` (as it was: ${backup})`
      }`,
    );
  },
});

/** The configuration in use; a new one is of Incus. */
async function configFile(ctx: Context): Promise<string> {
  const named = ctx.env("KINI_CONFIG");
  if (named) {
    return (await isFolder(named)) ? `${named}/config.yml` : named;
  }
  const files = configPlaces(ctx.env).map(({ file }) => file);
  for (const file of files) {
    if (await readConfig(file) !== undefined) return file;
  }
  if (files[0] !== undefined) return files[0];
  throw new Error("Cannot find the client configuration: HOME is not set");
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Replaces a file in one step, or makes it; links to it stay links.
 *
 * @returns where the old content is.
 */
async function replaceFile(
  path: string,
  text: string,
  exists: boolean,
): Promise<string | undefined> {
  const file = exists ? await Deno.realPath(path) : path;
  const folder = file.replace(/\/[^/]*$/, "");
  if (!exists) await Deno.mkdir(folder, { recursive: true, mode: 0o750 });
  const mode = exists ? (await Deno.stat(file)).mode! & 0o777 : 0o600;
  const backup = exists ? await freeName(`${file}.before-kini`) : undefined;
  if (backup !== undefined) await Deno.copyFile(file, backup);
  const fresh = `${file}.${crypto.randomUUID()}`;
  try {
    const out = await Deno.open(fresh, { write: true, createNew: true, mode });
    try {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) {
        at += await out.write(bytes.subarray(at));
      }
      await out.sync();
    } finally {
      out.close();
    }
    await Deno.chmod(fresh, mode);
    await Deno.rename(fresh, file);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
  return backup;
}
