/**
 * An instance's files as one archive, straight from its disk.
 *
 * A backup is what the server makes in one go: publishing an image would copy
 * the disk to a snapshot, that to an image, and leave both to be removed.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { IncusError } from "./errors.ts";
import { instancePath } from "./instances.ts";

/** What every path of the instance's own files begins with. */
export const BACKUP_ROOT = "backup/container/rootfs";

/** Backups that were made on the server's disk begin with this. */
const NAME_PREFIX = "kini-commit-";

/** When the server removes one that was left behind, in ms. */
const LIFETIME = 3600_000;

const BODY = {
  instance_only: true,
  optimized_storage: false,
  compression_algorithm: "none",
};

/** A backup that is being read. */
export interface OpenBackup {
  /** A tar archive; ids are those inside the instance. */
  archive: ReadableStream<Uint8Array>;
  /** Takes away what the server has of it; to be called come what may. */
  close(): Promise<void>;
}

/**
 * Opens an archive of an instance's files, running or not.
 *
 * Servers with `direct_backup` send it as they make it. Others keep it on
 * their disk meanwhile; one that is left behind is removed by the server after
 * an hour.
 */
export async function openBackup(
  client: IncusClient,
  name: string,
  signal: AbortSignal,
): Promise<OpenBackup> {
  const path = `${instancePath(name)}/backups`;
  if (await client.has("direct_backup")) {
    const archive = await read(client, "POST", path, signal, {
      headers: { Accept: "application/octet-stream" },
      body: BODY,
    });
    return { archive, close: () => Promise.resolve() };
  }
  const backup = NAME_PREFIX + crypto.randomUUID().slice(0, 8);
  const close = () => remove(client, `${path}/${backup}`);
  try {
    const operation = await client.start("POST", path, {
      body: {
        ...BODY,
        name: backup,
        expires_at: new Date(Date.now() + LIFETIME).toISOString(),
      },
      signal,
    });
    try {
      await operation?.wait({ signal });
    } catch (error) {
      // The server goes on making it, and only then can it be removed.
      if (signal.aborted) await operation?.settle();
      throw error;
    }
    const archive = await read(
      client,
      "GET",
      `${path}/${backup}/export`,
      signal,
    );
    return { archive, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function read(
  client: IncusClient,
  method: string,
  path: string,
  signal: AbortSignal,
  options: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<ReadableStream<Uint8Array>> {
  const reply = await client.raw(method, path, { ...options, signal });
  const type = reply.headers.get("Content-Type") ?? "";
  if (reply.ok && reply.body && !type.startsWith("application/json")) {
    return reply.body;
  }
  const text = await reply.text();
  let message = text;
  try {
    message = String(Object(JSON.parse(text)).error ?? text);
  } catch {
    // Not the API's own answer: the text stands.
  }
  throw new IncusError(reply.status, `${method} ${path}`, message);
}

/** The caller has its own news; a backup that stays is gone within the hour. */
async function remove(client: IncusClient, path: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  try {
    const operation = await client.start("DELETE", path, { signal });
    await operation?.wait({ signal });
  } catch {
    // It was never made, or the server is away.
  }
}
