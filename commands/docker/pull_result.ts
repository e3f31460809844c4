/**
 * What came of a pull, and what is said of it.
 *
 * @module
 */
import {
  familiarReference,
  type ImageReference,
} from "../../docker/image_reference.ts";
import { formatPlatform, type Platform } from "../../images/platform.ts";
import type { StoredImage } from "../../modes/images.ts";
import type { Output } from "../context.ts";

/** What came of a pull. */
export interface PullResult {
  /** Absent when the image is in the local store, and not on the server. */
  stored?: StoredImage;
  /** The registry's; empty when only the server has asked it. */
  digest: string;
  /** False when the store had it already. */
  fresh: boolean;
  /** What it is for, where that is not what was asked for. */
  otherPlatform?: Platform;
}

/** A result, with the platform that the image says it is for. */
export type FoundImage = PullResult & { found: Platform | undefined };

/** Prints what docker prints after a pull. */
export async function reportPull(
  out: Output,
  reference: ImageReference,
  { digest, fresh }: PullResult,
): Promise<void> {
  if (digest) await out.line(`Digest: ${digest}`);
  const name = familiarReference(reference);
  await out.line(
    fresh
      ? `Status: Downloaded newer image for ${name}`
      : `Status: Image is up to date for ${name}`,
  );
}

/**
 * Refuses an image that is for another platform than was asked for; docker has
 * fetched it by then, too.
 */
export function checkPulledPlatform(
  name: string,
  wanted: string,
  { otherPlatform }: PullResult,
): void {
  if (!otherPlatform) return;
  throw new Error(
    `image with reference ${name} was found but does not match the specified ` +
      `platform: wanted ${wanted}, actual: ${formatPlatform(otherPlatform)}`,
  );
}
