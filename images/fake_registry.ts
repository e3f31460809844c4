import { digestOf } from "./digest.ts";
import { CONFIG_MEDIA_TYPES, MANIFEST_MEDIA_TYPES } from "./media_types.ts";

/** Answers one request; a fault is a handler around another. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** A registry for tests that holds what it is given. */
export class FakeRegistry {
  /** Content by `<repository>/manifests/<name>` or `<repository>/blobs/<digest>`. */
  readonly content = new Map<string, { type: string; bytes: Uint8Array }>();
  /** What has come of uploads that are under way, by their place. */
  readonly uploads = new Map<string, Uint8Array<ArrayBuffer>>();

  readonly handler: Handler = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.slice("/v2/".length);
    if (path === "") return Response.json({});
    if (path.includes("/blobs/uploads/")) {
      return await this.#upload(request, path, searchParams);
    }
    if (request.method === "PUT") return await this.#putManifest(request, path);
    if (path.endsWith("/tags/list")) return this.#tags(path);
    const found = this.content.get(path);
    if (found === undefined) return unknown(path);
    return answerWith(request, found);
  };

  #tags(path: string): Response {
    const name = path.slice(0, -"/tags/list".length);
    const start = `${name}/manifests/`;
    const tags = [...this.content.keys()]
      .filter((key) => key.startsWith(start) && !key.includes(":"))
      .map((key) => key.slice(start.length));
    return tags.length === 0
      ? errorResponse(
        404,
        "NAME_UNKNOWN",
        "repository name not known to registry",
      )
      : Response.json({ name, tags });
  }

  async #putManifest(request: Request, path: string): Promise<Response> {
    const bytes = await request.bytes();
    const type = request.headers.get("content-type") ?? "";
    const [repository = ""] = path.split("/manifests/", 1);
    const { config, layers = [], manifests = [] } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    const missing = [
      ...[...layers, ...(config ? [config] : [])]
        .map(({ digest }: { digest: string }) =>
          `${repository}/blobs/${digest}`
        ),
      ...manifests.map(({ digest }: { digest: string }) =>
        `${repository}/manifests/${digest}`
      ),
    ].find((one) => !this.content.has(one));
    if (missing) {
      return errorResponse(
        404,
        "MANIFEST_BLOB_UNKNOWN",
        "blob unknown to registry",
      );
    }
    const digest = await digestOf(bytes);
    for (const one of [path, `${repository}/manifests/${digest}`]) {
      this.content.set(one, { type, bytes });
    }
    return new Response(null, { status: 201 });
  }

  async #upload(
    request: Request,
    path: string,
    query: URLSearchParams,
  ): Promise<Response> {
    const [repository = ""] = path.split("/blobs/uploads/", 1);
    const location = `/v2/${path}`;
    if (request.method === "POST") {
      const mount = query.get("mount");
      const from = this.content.get(`${query.get("from")}/blobs/${mount}`);
      if (from) {
        this.content.set(`${repository}/blobs/${mount}`, from);
        return new Response(null, { status: 201 });
      }
      const place = `${path}${crypto.randomUUID()}`;
      this.uploads.set(place, new Uint8Array());
      return new Response(null, {
        status: 202,
        headers: { location: `/v2/${place}` },
      });
    }
    const before = this.uploads.get(path);
    if (!before) return errorResponse(404, "BLOB_UPLOAD_UNKNOWN", "");
    if (request.method === "GET") {
      return new Response(null, {
        status: 204,
        headers: { location, range: `0-${Math.max(0, before.length - 1)}` },
      });
    }
    const range = request.headers.get("content-range");
    if (range && !range.startsWith(`${before.length}-`)) {
      return errorResponse(416, "BLOB_UPLOAD_INVALID", "");
    }
    await this.#receive(request, path);
    const bytes = this.uploads.get(path)!;
    if (request.method === "PATCH") {
      return new Response(null, {
        status: 202,
        headers: { location, range: `0-${bytes.length - 1}` },
      });
    }
    const digest = query.get("digest") ?? "";
    if (await digestOf(bytes) !== digest) {
      return errorResponse(400, "DIGEST_INVALID", "");
    }
    this.uploads.delete(path);
    const type = "application/octet-stream";
    this.content.set(`${repository}/blobs/${digest}`, { type, bytes });
    return new Response(null, { status: 201 });
  }

  /** Keeps what comes, also of a body that breaks off. */
  async #receive(request: Request, path: string): Promise<void> {
    for await (const chunk of request.body ?? []) {
      const bytes = this.uploads.get(path)!;
      const more = new Uint8Array(bytes.length + chunk.length);
      more.set(bytes);
      more.set(chunk, bytes.length);
      this.uploads.set(path, more);
    }
  }

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

  /** Stores bytes as a layer; gives its descriptor. */
  async addLayer(
    repository: string,
    bytes: Uint8Array<ArrayBuffer>,
    mediaType = "application/vnd.oci.image.layer.v1.tar+gzip",
  ): Promise<{ mediaType: string; digest: string; size: number }> {
    const digest = await digestOf(bytes);
    const type = "application/octet-stream";
    this.content.set(`${repository}/blobs/${digest}`, { type, bytes });
    return { mediaType, digest, size: bytes.length };
  }

  /** Stores an image, of two layers that nobody can download unless told. */
  async addImage(
    repository: string,
    config: unknown,
    { names = [], docker = false, configType, layers }: {
      names?: string[];
      docker?: boolean;
      configType?: string;
      layers?: { mediaType: string; digest: string; size: number }[];
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
      layers: layers ?? [layer("a", 1000), layer("b", 234)],
    } as { mediaType: string }, { names });
    return { manifest, configDigest };
  }
}

/** A server on this machine; it stops when disposed of. */
export interface Served extends AsyncDisposable {
  /** Host and port: a registry's name. */
  registry: string;
  /** Method, path and query of each request, with its range and Authorization if any. */
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
  const { headers } = request;
  const parts = [
    request.method,
    pathname + search,
    headers.get("range") ?? headers.get("content-range"),
    headers.get("authorization"),
  ];
  return parts.filter((part) => part).join(" ");
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

/** Content, or the part of it that is asked for. */
function answerWith(
  request: Request,
  { type, bytes }: { type: string; bytes: Uint8Array },
): Response {
  const headers = new Headers({ "content-type": type });
  const all = bytes as Uint8Array<ArrayBuffer>;
  if (request.method === "HEAD") return new Response(null, { headers });
  const from = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1];
  if (from === undefined) return new Response(all, { headers });
  const last = bytes.length - 1;
  headers.set("content-range", `bytes ${from}-${last}/${bytes.length}`);
  return new Response(all.subarray(Number(from)), { status: 206, headers });
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
