/**
 * Images as rows of `docker images` and `docker system df`.
 *
 * @module
 */
import type { RowOptions } from "./format.ts";
import { formatGoLocalTime, timeOf } from "./go_time.ts";
import { goRow, type GoStruct } from "./go_value.ts";
import { familiarName, type ImageReference } from "./image_reference.ts";
import type { DockerImage } from "./image_view.ts";
import { formatDuration, formatSize } from "./units.ts";

/** The columns and formats of `docker images`. */
export function imageRowOptions(
  options: { digests: boolean; quiet: boolean },
): RowOptions {
  return {
    headers: {
      ID: "IMAGE ID",
      Repository: "REPOSITORY",
      Tag: "TAG",
      Digest: "DIGEST",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      Size: "SIZE",
      Containers: "CONTAINERS",
      VirtualSize: "SIZE",
      SharedSize: "SHARED SIZE",
      UniqueSize: "UNIQUE SIZE",
    },
    table: `{{.Repository}}\t{{.Tag}}\t${
      options.digests ? "{{.Digest}}\t" : ""
    }{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}`,
    raw: `repository: {{ .Repository }}\ntag: {{.Tag}}\n${
      options.digests ? "digest: {{.Digest}}\n" : ""
    }image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`,
    quietRaw: "image_id: {{.ID}}",
    quiet: options.quiet,
  };
}

/** How rows of images are written. */
export interface ImageRowOptions {
  now: Date;
  noTrunc: boolean;
  /** A row for each digest of a repository. */
  digests: boolean;
  /** Gives the columns that only `docker system df` has. */
  usage?: (image: DockerImage) => ImageUsage;
}

/** What an image's layers take, and who uses it. */
export interface ImageUsage {
  /** Bytes of layers that other images have too. */
  shared: number;
  /** Bytes that no other image has. */
  unique: number;
  containers: number;
}

/** The rows of one image: one for each of its names. */
export function imageRows(
  image: DockerImage,
  references: readonly ImageReference[],
  options: ImageRowOptions,
): GoStruct[] {
  return namesOf(references, options.digests).map((name) =>
    imageRow(image, name, options)
  );
}

/** A name in the columns of `docker images`. */
interface RowName {
  repository: string;
  tag: string;
  digest: string;
}

const NONE = "<none>";

function namesOf(
  references: readonly ImageReference[],
  withDigests: boolean,
): RowName[] {
  if (references.length === 0) {
    return [{ repository: NONE, tag: NONE, digest: NONE }];
  }
  const repositories = new Map<
    string,
    { tags: Set<string>; digests: Set<string> }
  >();
  for (const reference of references) {
    const repository = familiarName(reference);
    const found = repositories.get(repository) ??
      { tags: new Set<string>(), digests: new Set<string>() };
    repositories.set(repository, found);
    if (reference.tag) found.tags.add(reference.tag);
    if (reference.digest) found.digests.add(reference.digest);
  }
  const names: RowName[] = [];
  for (const [repository, { tags, digests }] of repositories) {
    // Without a tag docker leaves the digest empty, and says none beside one.
    const shown = withDigests && digests.size > 0
      ? [...digests]
      : [tags.size > 0 ? NONE : ""];
    for (const tag of tags.size > 0 ? tags : [NONE]) {
      for (const digest of shown) names.push({ repository, tag, digest });
    }
  }
  return names;
}

function imageRow(
  image: DockerImage,
  { repository, tag, digest }: RowName,
  { now, noTrunc, usage }: ImageRowOptions,
): GoStruct {
  const created = timeOf(image.created);
  const used = usage?.(image);
  return goRow("*formatter.imageContext", {
    Containers: used ? String(used.containers) : "N/A",
    get CreatedAt() {
      return Number.isNaN(created) ? "N/A" : formatGoLocalTime(created);
    },
    get CreatedSince() {
      return Number.isNaN(created)
        ? "N/A"
        : `${formatDuration(now.getTime() - created)} ago`;
    },
    Digest: used ? "" : digest,
    ID: noTrunc ? image.id : image.id.replace("sha256:", "").slice(0, 12),
    Repository: repository,
    SharedSize: used ? formatSize(used.shared) : "N/A",
    Size: formatSize(image.size, 3),
    Tag: tag,
    UniqueSize: used ? formatSize(used.unique) : "N/A",
    VirtualSize: formatSize(image.size),
  });
}
