/**
 * The server's image for a container that is to be made.
 *
 * @module
 */
import {
  familiarReference,
  parseImageId,
} from "../../docker/image_reference.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import { storeFolder } from "../../images/store_folder.ts";
import type { StoredName } from "../../images/store_index.ts";
import type { IncusClient } from "../../incus/client.ts";
import { findLocalName } from "../../modes/image_places.ts";
import { findImage, modeOf, type StoredImage } from "../../modes/images.ts";
import type { Mode } from "../../modes/mode.ts";
import { isNodeReference } from "../../modes/node_reference.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import type { NodeImage } from "./node_image.ts";

/**
 * Finds the image of a request, or gets it: what the local store was given
 * last, or has alone, is sent to the server first; what neither has is fetched
 * from its registry.
 */
export async function imageFor(
  ctx: Context,
  client: IncusClient,
  request: RunRequest,
  mode: Promise<Mode>,
): Promise<StoredImage> {
  const { reference, pull } = request;
  const folder = storeFolder((name) => ctx.env(name));
  const node = await nodeImage(ctx, client, request, mode);
  if (node?.stored) return node.stored;
  if (pull !== "always" && !node?.only) {
    const [found, local] = await Promise.all([
      findImage(client, reference),
      findLocalName(folder, reference),
    ]);
    const { name: form } = await mode;
    const stored = found && modeOf(found.note) === form &&
        (!node || found.note.form !== "kubeadm")
      ? found
      : undefined;
    if (folder && local && isNewer(local, stored)) {
      const { importLocal } = await import("./import_local.ts");
      const sent = await importLocal(ctx, client, {
        folder,
        local,
        reference,
        form,
        platform: request.platform,
      });
      if (sent) return sent;
    }
    if (stored) {
      if (request.platform) {
        const { checkPlatform, serverPlatform } = await import(
          "./server_platform.ts"
        );
        checkPlatform(request.platform, serverPlatform(await client.server()));
      }
      return stored;
    }
  }
  if (parseImageId(request.image) !== undefined) {
    const { findById } = await import("./image_by_id.ts");
    const { name: form } = await mode;
    const found = await findById({ client, folder }, request.image, form);
    if (found && "stored" in found) return found.stored;
    if (found) {
      const { reference } = found;
      const named = {
        ...request,
        reference,
        image: familiarReference(reference),
      };
      return await imageFor(ctx, client, named, mode);
    }
  }
  if (pull === "never") {
    throw new DaemonError(`No such image: ${familiarReference(reference)}`);
  }
  return await fetchImage(ctx, client, request, (await mode).name);
}

/** What is known of an image for nodes in LXC mode; undefined for others. */
async function nodeImage(
  ctx: Context,
  client: IncusClient,
  { reference, pull, platform }: RunRequest,
  mode: Promise<Mode>,
): Promise<NodeImage | undefined> {
  if (!isNodeReference(reference) || (await mode).name !== "lxc") {
    return undefined;
  }
  const { findNodeImage } = await import("./node_image.ts");
  const node = await findNodeImage(ctx, client, reference);
  if (platform) {
    const { checkPlatform, serverPlatform } = await import(
      "./server_platform.ts"
    );
    checkPlatform(platform, serverPlatform(await client.server()));
  }
  return pull === "always" ? { only: node.only } : node;
}

function isNewer(local: StoredName, stored: StoredImage | undefined): boolean {
  return !stored || local.tagged > (stored.note.tagged ?? "");
}

async function fetchImage(
  ctx: Context,
  client: IncusClient,
  request: RunRequest,
  form: Mode["name"],
): Promise<StoredImage> {
  const { reference, pull, platform, quiet } = request;
  if (!quiet && pull !== "always") {
    await ctx.stderr.line(
      `Unable to find image '${familiarReference(reference)}' locally`,
    );
  }
  const [{ pullImage }, { reportPull }] = await Promise.all([
    import("./pull_image.ts"),
    import("./pull_result.ts"),
  ]);
  const result = await pullImage(ctx, client, reference, {
    platform,
    ...(!quiet && { progress: ctx.stderr }),
  });
  if (!quiet) await reportPull(ctx.stderr, reference, result);
  if (result.stored) return result.stored;
  const folder = storeFolder((name) => ctx.env(name));
  const local = await findLocalName(folder, reference);
  const { importLocal } = await import("./import_local.ts");
  const sent = folder && local &&
    await importLocal(ctx, client, {
      folder,
      local,
      reference,
      form,
      platform,
    });
  if (sent) return sent;
  throw new DaemonError(`No such image: ${familiarReference(reference)}`);
}
