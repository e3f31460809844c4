/**
 * An image as `docker image inspect` and `docker images` show it.
 *
 * @module
 */
import { goConfig } from "./config_view.ts";
import type { RowOptions } from "./format.ts";
import { formatGoLocalTime, timeOf, ZERO_TIME } from "./go_time.ts";
import {
  goNamed,
  goNil,
  goRow,
  goSlice,
  type GoStruct,
  goStruct,
  goText,
} from "./go_value.ts";
import {
  familiarName,
  familiarReference,
  type ImageReference,
} from "./image_reference.ts";
import { formatDuration, formatSize } from "./units.ts";

/** An image in docker's words. */
export interface DockerImage {
  /** `sha256:` and 64 hexadecimal digits. */
  id: string;
  /** Names, each with either a tag or a digest. */
  references: ImageReference[];
  /** RFC 3339; empty when it isn't known. */
  created: string;
  /** Docker's word, such as `amd64`. */
  architecture: string;
  /** Bytes in the server's store, which are compressed. */
  size: number;
  env: string[];
  entrypoint: string[];
  cmd: string[];
  labels: Record<string, string>;
  user: string;
  workingDir: string;
  exposedPorts: string[];
  volumes: string[];
  stopSignal: string;
}

/** An image as docker's `types.ImageInspect`. */
export function imageView(image: DockerImage): GoStruct {
  return goStruct("types.ImageInspect", {
    "ID:Id": image.id,
    // Docker has the field by its JSON name alone, and finds it there on a
    // second try that needs all of the image.
    "Id:-": image.id,
    get RepoTags() {
      return goSlice(
        image.references.filter(({ tag }) => tag !== undefined)
          .map(familiarReference),
        "[]string",
      );
    },
    get RepoDigests() {
      const digests = image.references
        .filter(({ digest }) => digest !== undefined).map(familiarReference);
      return goSlice([...new Set(digests)], "[]string");
    },
    Parent: "",
    Comment: "",
    Created: image.created || ZERO_TIME,
    "Container,omitempty": "",
    "ContainerConfig,omitempty": goNil("*container.Config"),
    DockerVersion: "",
    Author: "",
    get Config() {
      // Field by field: a spread would also read what may have to be loaded.
      return goConfig({
        user: image.user,
        exposedPorts: image.exposedPorts,
        env: image.env,
        cmd: image.cmd.length > 0 ? image.cmd : null,
        volumes: image.volumes,
        workingDir: image.workingDir,
        entrypoint: image.entrypoint.length > 0 ? image.entrypoint : null,
        labels: Object.keys(image.labels).length > 0 ? image.labels : null,
        stopSignal: image.stopSignal,
      });
    },
    get Architecture() {
      return image.architecture;
    },
    "Variant,omitempty": "",
    Os: "linux",
    "OsVersion,omitempty": "",
    get Size() {
      return goNamed("int64", image.size);
    },
    "VirtualSize,omitempty": goNamed("int64", 0),
    GraphDriver: goStruct("types.GraphDriverData", {
      Data: goNil("map[string]string"),
      Name: "incus",
    }),
    RootFS: goStruct("types.RootFS", {
      Type: "layers",
      "Layers,omitempty": goNil("[]string"),
    }),
    Metadata: goStruct("image.Metadata", {
      "LastTagTime,omitempty": goText(
        "time.Time",
        "0001-01-01 00:00:00 +0000 UTC",
        ZERO_TIME,
      ),
    }),
  });
}

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
    const shown = withDigests && digests.size > 0 ? [...digests] : [NONE];
    for (const tag of tags.size > 0 ? tags : [NONE]) {
      for (const digest of shown) names.push({ repository, tag, digest });
    }
  }
  return names;
}

function imageRow(
  image: DockerImage,
  { repository, tag, digest }: RowName,
  { now, noTrunc }: ImageRowOptions,
): GoStruct {
  const created = timeOf(image.created);
  return goRow("*formatter.imageContext", {
    Containers: "N/A",
    get CreatedAt() {
      return Number.isNaN(created) ? "N/A" : formatGoLocalTime(created);
    },
    get CreatedSince() {
      return Number.isNaN(created)
        ? "N/A"
        : `${formatDuration(now.getTime() - created)} ago`;
    },
    Digest: digest,
    ID: noTrunc ? image.id : image.id.replace("sha256:", "").slice(0, 12),
    Repository: repository,
    SharedSize: "N/A",
    Size: formatSize(image.size, 3),
    Tag: tag,
    UniqueSize: "N/A",
    VirtualSize: formatSize(image.size),
  });
}
