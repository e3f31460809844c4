/**
 * `docker cp HOSTFILE BUILD:/usr/bin/NAME`
 *
 * @module
 */
import {
  archivedSize,
  assertsFolder,
  type CopySpec,
  copyTarget,
  parseCopy,
  type PathFacts,
  splitPath,
} from "../../docker/copy_spec.ts";
import { isAbsolutePath, resolvePath } from "../../docker/path.ts";
import { formatSize } from "../../docker/units.ts";
import type { Tree } from "../../images/file_tree.ts";
import { requireInstance } from "../../modes/container_errors.ts";
import { ContainerFiles, type ContainerPath } from "../../modes/copy.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";

/** Zero blocks at the end of every archive. */
const ARCHIVE_END = 1024;

/** `docker cp`. */
export const command = defineCommand({
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n" +
    "\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  flags: {
    archive: {
      type: "boolean",
      short: "a",
      usage: "Archive mode (copy all uid/gid information)",
      ignored: "owners are always kept where they can be, as by docker itself",
    },
    "follow-link": {
      type: "boolean",
      short: "L",
      usage: "Always follow symbol link in SRC_PATH",
    },
    quiet: {
      type: "boolean",
      short: "q",
      usage: "Suppress progress output during copy. Progress output is " +
        "automatically suppressed if no terminal is attached",
    },
  },
  args: exactly(2),
  examples: [
    "cp kind-control-plane:/etc/kubernetes/pki/ca.crt .",
    "cp config.toml kind-worker:/etc/containerd/",
  ],
  async run(ctx, { values, args }) {
    const spec = parseCopy(args[0] ?? "", args[1] ?? "");
    const follow = values["follow-link"];
    const counted = new Count();
    const where = spec.direction === "out"
      ? await copyOut(ctx, spec, follow, counted)
      : await copyIn(ctx, spec, follow, counted);
    if (where && !values.quiet && ctx.stderr.isTerminal()) {
      const size = formatSize(counted.bytes + ARCHIVE_END, 3);
      await ctx.stderr.line(`Successfully copied ${size} to ${where}`);
    }
  },
});

/** container → here. @returns where to; nothing for stdout. */
async function copyOut(
  ctx: Context,
  spec: CopySpec,
  follow: boolean,
  counted: Count,
): Promise<string | undefined> {
  const { container, source, destination } = spec;
  const toStdout = destination === "-";
  const to = toStdout ? "-" : fromHere(destination);
  if (!toStdout) await checkParent(to);
  const client = await ctx.incus();
  const files = new ContainerFiles(
    client,
    await requireInstance(client, container),
  );
  const found = await findSource(files, container, source, follow);
  const { name } = splitPath(source || "/");
  if (toStdout) {
    const archive = await files.archive(found, name || ".");
    for await (const chunk of archive) await ctx.stdout.write(chunk);
    return undefined;
  }
  const target = copyTarget(
    { path: source, isDirectory: found.type === "directory" },
    await localFacts(to),
    name || ".",
  );
  const { underName } = await import("../../images/file_tree.ts");
  const { writeLocalTree } = await import("../../images/local_tree.ts");
  const tree = underName(files.read(found), target.name);
  await writeLocalTree(counted.of(tree), target.folder);
  return to;
}

async function findSource(
  files: ContainerFiles,
  container: string,
  path: string,
  follow: boolean,
): Promise<ContainerPath> {
  const asFolder = assertsFolder(path);
  const found = await files.stat(path, { follow: follow || asFolder });
  if (!found) throw notFound(path, container);
  if (asFolder && found.type !== "directory") {
    throw new DaemonError(`lstat ${path}: not a directory`);
  }
  return found;
}

/** here → container. @returns where to. */
async function copyIn(
  ctx: Context,
  spec: CopySpec,
  follow: boolean,
  counted: Count,
): Promise<string> {
  const { container, source, destination } = spec;
  const client = await ctx.incus();
  const files = new ContainerFiles(
    client,
    await requireInstance(client, container),
  );
  const facts = await containerFacts(files, destination);
  if (source === "-") {
    if (!facts.isDirectory) {
      throw new Error(
        `destination "${container}:${destination}" must be a directory`,
      );
    }
    await files.writeArchive(stdinStream(ctx), facts.path);
    return `${container}:${destination}`;
  }
  const from = fromHere(source);
  const followed = follow || assertsFolder(from);
  const info = await localInfo(from, followed);
  const { folder, name } = copyTarget(
    { path: from, isDirectory: info.isDirectory },
    facts,
  );
  if (!facts.exists) {
    const parent = await files.stat(folder, { follow: true });
    if (parent?.type !== "directory") throw notFound(folder, container);
  }
  const { underName } = await import("../../images/file_tree.ts");
  const { readLocalTree } = await import("../../images/local_tree.ts");
  const tree = underName(readLocalTree(resolvePath("/", from), followed), name);
  await files.write(counted.of(tree), folder);
  return `${container}:${destination}`;
}

/** Counts what a copy is as an archive, which is the size that docker tells. */
class Count {
  bytes = 0;

  async *of(tree: Tree): Tree {
    for await (const entry of tree) {
      this.bytes += archivedSize(entry.size);
      yield entry;
    }
  }
}

function notFound(path: string, container: string): DaemonError {
  return new DaemonError(
    `Could not find the file ${path} in container ${container}`,
  );
}

/** What is at a path in a container; a link is followed, as by docker. */
async function containerFacts(
  files: ContainerFiles,
  path: string,
): Promise<PathFacts> {
  const found = path === ""
    ? undefined
    : await files.stat(path, { follow: true });
  const isDirectory = found?.type === "directory";
  if (!found || (assertsFolder(path) && !isDirectory)) {
    // A slash at the end asks for a folder, also where there is none yet.
    const absolute = isAbsolutePath(path) ? path : `/${path}`;
    return { path: absolute, exists: false, isDirectory: false };
  }
  return { path: found.path, exists: true, isDirectory };
}

/** A local path made absolute; what its end says is kept. */
function fromHere(path: string): string {
  if (isAbsolutePath(path)) return path;
  const absolute = resolvePath(Deno.cwd(), path);
  if (path === "." || path.endsWith("/.")) {
    return absolute === "/" ? "/." : `${absolute}/.`;
  }
  return path.endsWith("/") && absolute !== "/" ? `${absolute}/` : absolute;
}

async function localInfo(
  path: string,
  follow: boolean,
): Promise<Deno.FileInfo> {
  try {
    const info = await (follow ? Deno.stat(path) : Deno.lstat(path));
    if (!assertsFolder(path) || info.isDirectory) return info;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new Error(`lstat ${path}: no such file or directory`, { cause });
    }
    if (!(cause instanceof Deno.errors.NotADirectory)) throw cause;
  }
  throw new Error(`lstat ${path}: not a directory`);
}

async function localFacts(path: string): Promise<PathFacts> {
  try {
    const real = await Deno.realPath(path);
    const info = await Deno.stat(real);
    if (!assertsFolder(path) || info.isDirectory) {
      return { path: real, exists: true, isDirectory: info.isDirectory };
    }
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (!(error instanceof NotFound || error instanceof NotADirectory)) {
      throw error;
    }
  }
  return { path, exists: false, isDirectory: false };
}

async function checkParent(path: string): Promise<void> {
  const { folder } = splitPath(resolvePath("/", path));
  try {
    if ((await Deno.stat(folder)).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new Error(
    `invalid output path: directory ${JSON.stringify(folder)} does not exist`,
  );
}

function stdinStream(ctx: Context): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const buffer = new Uint8Array(256 * 1024);
      const size = await ctx.stdin.read(buffer);
      if (size === null) controller.close();
      else controller.enqueue(buffer.subarray(0, size));
    },
  }, { highWaterMark: 0 });
}
