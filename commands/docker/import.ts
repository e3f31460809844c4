/**
 * `docker import rootfs.tar my/image:1`: a tar of a root file system as an
 * image of the local store.
 *
 * @module
 */
import {
  changedFromNothing,
  importedConfig,
} from "../../docker/imported_config.ts";
import {
  formatImageReference,
  parseImageReference,
} from "../../docker/image_reference.ts";
import { formatSize } from "../../docker/units.ts";
import { readAhead } from "../../images/archive_input.ts";
import { importRootfs, RootfsError } from "../../images/import_rootfs.ts";
import { openUrl, UrlError, urlErrorOf } from "../../images/open_url.ts";
import type { Platform } from "../../images/platform.ts";
import { ImageStore, storeFolder } from "../../images/store.ts";
import { machinePlatform } from "../../modes/local_images.ts";
import { atLeast, defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { openInput } from "./input_file.ts";
import { newImageName } from "./new_image_name.ts";
import { parsePlatformFlag } from "./platform_flag.ts";
import { ProgressLine } from "./progress_line.ts";

/** The command. The server is not asked: images go to it when they are run. */
export const command = defineCommand({
  usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  flags: {
    change: {
      type: "strings",
      short: "c",
      value: "list",
      usage: "Apply Dockerfile instruction to the created image",
    },
    message: {
      type: "string",
      short: "m",
      usage: "Set commit message for imported image",
    },
    platform: {
      type: "string",
      usage: "Set platform if server is multi-platform capable",
    },
  },
  // Docker passes over a third.
  args: atLeast(1),
  examples: [
    "import rootfs.tar.gz my/image:1",
    `import -c 'CMD ["/sbin/init"]' https://host/rootfs.tar.xz my/image`,
  ],
  async run(ctx, { values, args }) {
    const [source = "", name = ""] = args;
    const isUrl = /^https?:\/\//.test(source);
    const file = isUrl || source === "-" ? undefined : await openInput(source);
    try {
      const wanted = name === "" ? undefined : parseImageReference(name);
      const platform = platformOf(values.platform ?? "");
      const target = wanted &&
        newImageName(
          wanted,
          new DaemonError("cannot import digest reference"),
        );
      const folder = storeFolder((name) => ctx.env(name));
      if (folder === undefined) {
        throw new Error(
          "Cannot import images: there is no folder for them; set KINI_CACHE " +
            "to one, or unset it and set HOME",
        );
      }
      const request: Request = {
        platform,
        changes: values.change,
        message: values.message || `Imported from ${isUrl ? source : "-"}`,
        folder,
        name: target ? formatImageReference(target) : "",
      };
      const id = isUrl ? await importUrl(ctx, source, request) : await make(
        ctx,
        readAhead((buffer) => (file ?? ctx.stdin).read(buffer), ctx.signal),
        request,
      );
      await ctx.stdout.line(id);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new DaemonError(error.message, { cause: error });
    } finally {
      file?.close();
    }
  },
});

interface Request {
  platform: Platform;
  changes: readonly string[];
  message: string;
  folder: string;
  /** Full, or empty. */
  name: string;
}

async function importUrl(
  ctx: Context,
  url: string,
  request: Request,
): Promise<string> {
  const { body, size, close } = await openUrl(url, {
    env: (name) => ctx.env(name),
    signal: ctx.signal,
  });
  const progress = new ProgressLine(ctx.stdout);
  try {
    await ctx.stdout.line(`Downloading from ${url}`);
    return await make(ctx, shown(body, url, size, progress), request);
  } catch (error) {
    // Docker's daemon has begun to answer, so that this is no answer's error.
    if (!isRefusal(error)) throw error;
    throw new Error(error.message, { cause: error });
  } finally {
    await progress.clear();
    // Whoever has begun to read it has ended it, too.
    if (!body.locked) await body.cancel();
    close();
  }
}

async function* shown(
  body: ReadableStream<Uint8Array>,
  url: string,
  size: number | undefined,
  progress: ProgressLine,
): AsyncGenerator<Uint8Array> {
  const all = size === undefined ? "" : `/${formatSize(size)}`;
  let there = 0;
  try {
    for await (const piece of body) {
      there += piece.length;
      progress.show(`Importing  ${formatSize(there)}${all}`);
      yield piece;
    }
  } catch (error) {
    throw urlErrorOf(error, url);
  }
}

async function make(
  ctx: Context,
  archive: AsyncIterable<Uint8Array>,
  { platform, changes, message, folder, name }: Request,
): Promise<string> {
  if (platform.os !== "linux") {
    throw new DaemonError("operating system is not supported");
  }
  // What is wrong with the changes is to be known before the files are read.
  checkChanges(changes);
  const created = ctx.now().toISOString();
  const facts = { ...platform, changes, message, created };
  return await importRootfs(await ImageStore.open(folder), archive, {
    name,
    tagged: created,
    config: (layer) => importedConfig(facts, layer),
  });
}

/** What docker's daemon would have said. */
function isRefusal(error: unknown): error is Error {
  return error instanceof RootfsError || error instanceof UrlError ||
    error instanceof DaemonError;
}

function checkChanges(changes: readonly string[]): void {
  try {
    changedFromNothing(changes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DaemonError(error.message, { cause: error });
  }
}

function platformOf(flag: string): Platform {
  const own = machinePlatform();
  if (flag === "") return own;
  const platform = parsePlatformFlag(flag, own);
  const { os, architecture, variant } = platform;
  // What is meant by "arm" alone stays unsaid.
  const isImplied = architecture === "arm" && variant === "v7" &&
    !/v7$/i.test(flag);
  return isImplied ? { os, architecture } : platform;
}
