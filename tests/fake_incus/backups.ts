/**
 * `/1.0/instances/NAME/backups`: an instance's files as one archive.
 *
 * @module
 */
import type { LayerEntryType } from "../../images/layer_entry.ts";
import {
  archiveEnd,
  contentPadding,
  layerHeader,
} from "../../images/layer_writer.ts";
import { Refusal } from "./answers.ts";
import type { FakeInstance } from "./fake_instance.ts";
import type { OperationFault } from "./faults.ts";
import type { HttpReply } from "./http_server.ts";
import type { OperationStore } from "./operations.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

const ROOT = "backup/container/rootfs";

const TYPES: Record<string, LayerEntryType> = {
  directory: "folder",
  file: "file",
  symlink: "symlink",
};

/** `POST …/backups`: sent at once, or kept under a name. */
export function createBackup(
  world: World,
  operations: OperationStore,
  name: string,
  request: RecordedRequest,
  fault?: OperationFault,
): HttpReply {
  const found = world.instance(name);
  const direct = request.headers.get("accept") === "application/octet-stream";
  if (direct) {
    if (!world.server.api_extensions?.includes("direct_backup")) {
      throw new Refusal(400, "a backup needs a name");
    }
    return octets(found.archive ?? archiveOf(found));
  }
  const { name: backup } = request.body as { name: string };
  return operations.start({
    description: "Backing up instance",
    resources: { instances: [`/1.0/instances/${found.name}`] },
    run: () => void found.backups.set(backup, archiveOf(found)),
  }, fault);
}

/** `GET …/backups/NAME/export`. */
export function exportBackup(
  world: World,
  name: string,
  backup: string,
): HttpReply {
  return octets(archive(world, name, backup));
}

/** `DELETE …/backups/NAME`. */
export function deleteBackup(
  world: World,
  operations: OperationStore,
  name: string,
  backup: string,
  fault?: OperationFault,
): HttpReply {
  archive(world, name, backup);
  return operations.start({
    description: "Deleting backup",
    run: () => void world.instance(name).backups.delete(backup),
  }, fault);
}

function archive(world: World, name: string, backup: string): Uint8Array {
  const found = world.instance(name).backups.get(backup);
  if (!found) throw new Refusal(404, "Instance backup not found");
  return found;
}

function octets(body: Uint8Array): HttpReply {
  return {
    status: 200,
    headers: { "content-type": "application/octet-stream" },
    body,
  };
}

/** The archive that the server makes, with its own files in front. */
export function archiveOf({ files }: FakeInstance): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (
    path: string,
    type: LayerEntryType,
    content: Uint8Array,
    facts: { mode: number; uid: number; gid: number },
  ) => {
    const isFile = type === "file";
    parts.push(
      ...layerHeader({
        path,
        type,
        mtime: 1_700_000_000,
        exactTime: "",
        size: isFile ? content.length : 0,
        target: type === "symlink" ? new TextDecoder().decode(content) : "",
        major: 0,
        minor: 0,
        attributes: [],
        ...facts,
      }),
    );
    if (isFile) parts.push(content, contentPadding(content.length));
  };
  const own = { mode: 0o600, uid: 0, gid: 0 };
  add("backup/index.yaml", "file", new TextEncoder().encode("name: c\n"), own);
  add("backup/container/network/hosts", "file", new Uint8Array(3), own);
  for (const path of files.paths) {
    const { type, content, mode, uid, gid } = files.get(path)!;
    add(
      path === "/" ? ROOT : ROOT + path,
      TYPES[type]!,
      content,
      { mode, uid, gid },
    );
  }
  parts.push(archiveEnd());
  return join(parts);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
