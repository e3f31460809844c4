import { digestOf } from "./digest.ts";
import { CONFIG_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from "./media_types.ts";

/** Answers one request; a fault is a handler around another. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** A registry for tests that holds what it is given. */
export class FakeRegistry {
  /** Content by `<repository>/manifests/<name>` or `<repository>/blobs/<digest>`. */
  readonly content = new Map<string, { type: string; bytes: Uint8Array }>();

  readonly handler: Handler = (request) => {
    const path = new URL(request.url).pathname.slice("/v2/".length);
    if (path === "") return Response.json({});
    const found = this.content.get(path);
    if (found === undefined) return unknown(path);
    const headers = new Headers({ "content-type": found.type });
    return new Response(found.bytes as Uint8Array<ArrayBuffer>, { headers });
  };

  /** Stores JSON as a manifest under its digest and names; gives a descriptor. */
  async addManifest(
    repository: string,
    manifest: { mediaType?: string },
    { names = [], type = manifest.mediaType ?? "" }: {
      names?: string[];
      type?: string;
    } = {},
  ): Promise<{ mediaType: string; digest: string; size: number }> {
    const bytes = encode(manifest);
    const digest = await digestOf(bytes);
    for (const name of [digest, ...names]) {
      this.content.set(`${repository}/manifests/${name}`, { type, bytes });
    }
    return { mediaType: type, digest, size: bytes.length };
  }

  /** Stores an image of two layers that nobody can download. */
  async addImage(
    repository: string,
    config: unknown,
    { names = [], docker = false, configType }: {
      names?: string[];
      docker?: boolean;
      configType?: string;
    } = {},
  ): Promise<{
    manifest: { mediaType: string; digest: string; size: number };
    configDigest: string;
  }> {
    const at = docker ? 1 : 0;
    const bytes = encode(config);
    const configDigest = await digestOf(bytes);
    this.content.set(`${repository}/blobs/${configDigest}`, {
      type: "application/octet-stream",
      bytes,
    });
    const manifest = await this.addManifest(repository, {
      schemaVersion: 2,
      mediaType: MANIFEST_MEDIA_TYPES[at]!,
      config: {
        mediaType: configType ?? CONFIG_MEDIA_TYPES[at]!,
        digest: configDigest,
        size: bytes.length,
      },
      layers: [layer("a", 1000), layer("b", 234)],
    } as { mediaType: string }, { names });
    return { manifest, configDigest };
  }
}

/** A server on this machine; it stops when disposed of. */
export interface Served extends AsyncDisposable {
  /** Host and port: a registry's name. */
  registry: string;
  /** Method, path and query of each request, with its Authorization if any. */
  requests: string[];
}

/** Serves a handler, over HTTPS when there is a certificate. */
export function serve(
  handler: Handler,
  tls?: { cert: string; key: string },
): Served {
  const requests: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
    ...tls,
  }, (request) => {
    requests.push(describe(request));
    return handler(request);
  });
  return {
    registry: `127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** One line for a request. */
export function describe(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const authorization = request.headers.get("authorization");
  return [request.method, pathname + search, authorization]
    .filter((part) => part).join(" ");
}

/** A registry's error answer. */
export function errorResponse(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ errors: [{ code, message }] }, { status, headers });
}

function unknown(path: string): Response {
  return path.includes("/manifests/")
    ? errorResponse(404, "MANIFEST_UNKNOWN", "manifest unknown")
    : errorResponse(404, "BLOB_UNKNOWN", "blob unknown to registry");
}

function layer(letter: string, size: number) {
  return {
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: `sha256:${letter.repeat(64)}`,
    size,
  };
}

function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
