/**
 * Names in layers as paths below the image's root.
 *
 * @module
 */
import { shownText } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";

/** Linux's limits in bytes: no file system of a server holds more. */
const MAX_PATH = 4095;
const MAX_PART = 255;

/**
 * A name as a path without `.`, empty parts and slashes at its ends. As docker
 * has it, a leading slash is the image's own root.
 *
 * @throws {LayerError} for one that leads out of the root or can't exist.
 */
export function layerPath(name: string): string {
  const path = isClean(name) ? name : cleaned(name);
  if (path.length > MAX_PATH) {
    throw new LayerError(`the path ${shownText(path)} is too long`);
  }
  if (path.includes("\0")) {
    throw new LayerError(`the path ${shownText(path)} has a zero byte`);
  }
  if (path.length > MAX_PART) {
    for (const part of path.split("/")) {
      if (part.length > MAX_PART) {
        throw new LayerError(`the name ${shownText(part)} is too long`);
      }
    }
  }
  return path;
}

/** True for most names, which have nothing to take away. */
function isClean(name: string): boolean {
  return !/^\/|^\.|\/$|\/\/|\/\./.test(name);
}

function cleaned(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw new LayerError(`the path ${shownText(name)} leads out of the image`);
  }
  return parts.join("/");
}
