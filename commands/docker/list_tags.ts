import type { ImageReference } from "../../docker/image_reference.ts";
import {
  dockerPullErrorText,
  RegistryError,
} from "../../images/registry_error.ts";
import { listRegistryTags } from "../../images/registry_tags.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";

/**
 * All tags that a registry has of a repository.
 *
 * @throws {DaemonError} With docker's text.
 */
export async function listTags(
  ctx: Context,
  repository: ImageReference,
): Promise<string[]> {
  const registries = await openUserRegistries(
    (name) => ctx.env(name),
    ctx.signal,
  );
  try {
    return await listRegistryTags(repository, registries);
  } catch (error) {
    if (error instanceof RegistryError) {
      throw new DaemonError(dockerPullErrorText(error, repository), {
        cause: error,
      });
    }
    if (!(error instanceof RangeError)) throw error;
    throw new DaemonError(error.message, { cause: error });
  } finally {
    registries.close();
  }
}
