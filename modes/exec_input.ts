/**
 * Input of a command that opens it by its path, where nothing in the container
 * could hand it on.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import type { ExecStreams } from "../incus/exec.ts";
import { deleteFile, pushFile } from "../incus/files.ts";

/** Fills a buffer, or gives `null` at the end. */
export type ReadInput = NonNullable<ExecStreams["read"]>;

/** Words by which a command names its input. */
const INPUT_PATH = /^(?:\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0)$/;

/** Input up to this many bytes is sent in one piece, which can be sent again. */
const PIECE = 1024 * 1024;
const CHUNK = 256 * 1024;

/** Whether a command names its input as a file. */
export function namesInput(command: readonly string[]): boolean {
  return command.some((word) => INPUT_PATH.test(word));
}

/** A command whose input has become a file of the container. */
export interface StagedInput {
  command: string[];
  /** Takes the file away. */
  remove(): Promise<void>;
}

/**
 * Puts a command's input into a file of the container and names that file in
 * the command instead.
 *
 * The server's pipes can't be opened by path in a user namespace, and where
 * the image has no shell nothing makes a pipe inside: kind writes the
 * configuration of its load balancer so, with `cp` and little else there.
 */
export async function stageInput(
  client: IncusClient,
  name: string,
  command: readonly string[],
  read: ReadInput,
  owner: { uid: number; gid: number },
): Promise<StagedInput> {
  const file = `/.kini-stdin-${crypto.randomUUID()}`;
  const remove = () => deleteFile(client, name, file);
  try {
    await pushFile(client, name, file, await contentOf(read), {
      mode: 0o400,
      ...owner,
    });
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
  return {
    command: command.map((word) => INPUT_PATH.test(word) ? file : word),
    remove,
  };
}

/** All of the input when it is short, else a stream of it. */
async function contentOf(read: ReadInput): Promise<BodyInit> {
  const buffer = new Uint8Array(PIECE);
  let size = 0;
  while (size < PIECE) {
    const count = await read(buffer.subarray(size));
    if (count === null) return buffer.subarray(0, size);
    size += count;
  }
  let first: Uint8Array | undefined = buffer;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = first ?? new Uint8Array(CHUNK);
      const count = first ? chunk.length : await read(chunk);
      first = undefined;
      if (count === null) controller.close();
      else controller.enqueue(chunk.subarray(0, count));
    },
  });
}
