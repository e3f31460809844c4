/**
 * `POST /1.0/images` with an image in it: two archives in one body.
 *
 * @module
 */
import { digestOf } from "../../images/digest.ts";
import { textOf } from "../../images/layer_entry.ts";
import { LayerReader } from "../../images/layer_reader.ts";
import { type FakeImage, SOME_TIME } from "../builders.ts";
import { Refusal } from "./answers.ts";
import type { OperationFault } from "./faults.ts";
import type { HttpReply } from "./http_server.ts";
import type { OperationStore } from "./operations.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

/** True for a request that brings an image along. */
export function isUpload({ headers }: RecordedRequest): boolean {
  return headers.get("content-type")?.startsWith("multipart/") ?? false;
}

/** Takes the image into the store. */
export function uploadImage(
  world: World,
  operations: OperationStore,
  request: RecordedRequest,
  fault?: OperationFault,
): HttpReply {
  return operations.start({
    description: "Downloading image",
    run: async (operation) => {
      const image = await imageFrom(request);
      const { fingerprint, size } = image.image;
      operation.update({ fingerprint, size });
      if (world.images.has(fingerprint)) {
        throw new Refusal(400, "Image with same fingerprint already exists");
      }
      world.images.set(fingerprint, image);
    },
  }, fault);
}

/** What the server reads of `metadata.yaml`, and `config.json`. */
interface Metadata {
  architecture?: string;
  creation_date?: number;
  properties?: Record<string, string> | null;
}
interface RuntimeConfig {
  process: {
    args: string[];
    env: string[];
    cwd: string;
    user: { uid: number; gid: number };
  };
}

async function imageFrom(
  { headers, body }: RecordedRequest,
): Promise<FakeImage> {
  const form = await new Response(body as Uint8Array<ArrayBuffer>, {
    headers: { "Content-Type": headers.get("content-type")! },
  }).formData();
  const [[first, metadata] = [], [second, rootfs] = []] = [...form];
  if (
    first !== "metadata" || second !== "rootfs" ||
    !(metadata instanceof File) || !(rootfs instanceof File)
  ) throw new Refusal(400, "Invalid multipart image");
  const facts = await filesOf(metadata);
  const about = JSON.parse(facts["/metadata.yaml"] ?? "{}") as Metadata;
  const { architecture, creation_date: created, properties } = about;
  if (!architecture || !created) {
    throw new Refusal(400, "Missing architecture or creation date");
  }
  if (!properties) throw new Error("the real server would panic here");
  const all = await new Blob([metadata, rootfs]).bytes();
  const config = facts["/config.json"];
  return {
    image: {
      fingerprint: (await digestOf(all)).slice("sha256:".length),
      architecture,
      cached: false,
      created_at: new Date(created * 1000).toISOString(),
      uploaded_at: SOME_TIME,
      last_used_at: SOME_TIME,
      size: all.length,
      properties,
      aliases: [],
    },
    ...(config && { oci: settingsFrom(JSON.parse(config) as RuntimeConfig) }),
    files: await filesOf(rootfs),
  };
}

function settingsFrom({ process }: RuntimeConfig) {
  const { args, env, cwd, user } = process;
  return {
    entrypoint: args,
    cwd,
    ...user,
    environment: Object.fromEntries(
      env.map((text) => {
        const at = text.indexOf("=");
        return [text.slice(0, at), text.slice(at + 1)];
      }),
    ),
  };
}

async function filesOf(archive: File): Promise<Record<string, string>> {
  const reader = new LayerReader(archive.stream());
  const files: Record<string, string> = {};
  for (
    let entry = await reader.next();
    entry;
    entry = await reader.next()
  ) {
    if (entry.type !== "file") continue;
    let content = "";
    for (
      let piece = await reader.content();
      piece;
      piece = await reader.content()
    ) content += textOf(piece);
    files[`/${entry.path}`] = content;
  }
  await reader.close();
  return files;
}
