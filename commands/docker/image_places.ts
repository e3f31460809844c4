import { storeFolder } from "../../images/store_folder.ts";
import { isNodeReference } from "../../modes/node_reference.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";
import type { Context } from "../context.ts";

/** Where this command finds images. */
export async function imagePlaces(ctx: Context): Promise<ImagePlaces> {
  return {
    client: await ctx.incus(),
    folder: storeFolder((name) => ctx.env(name)),
    others: async (reference) => {
      if (!isNodeReference(reference)) return undefined;
      const { namedKubeadmImage } = await import("./node_image.ts");
      return await namedKubeadmImage(ctx, reference);
    },
  };
}
