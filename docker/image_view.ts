/**
 * An image as `docker image inspect` shows it.
 *
 * @module
 */
import { goConfig } from "./config_view.ts";
import { formatGoTime, ZERO_TIME } from "./go_time.ts";
import {
  goNamed,
  goNil,
  goSlice,
  type GoStruct,
  goStruct,
  goText,
} from "./go_value.ts";
import { familiarReference, type ImageReference } from "./image_reference.ts";

/** One step of how an image was made. */
export interface ImageStep {
  /** RFC 3339; empty when the image doesn't tell. */
  created: string;
  createdBy: string;
  comment: string;
  author: string;
  /** Bytes of the layer that it made; 0 without one, or when it isn't known. */
  size: number;
}

/** Where an image is. */
export interface ImageStorage {
  /** The fingerprint in the server's store. */
  server?: string;
  /** The manifest's digest in the local store. */
  local?: string;
}

/** An image in docker's words. */
export interface DockerImage {
  /** `sha256:` and 64 hexadecimal digits. */
  id: string;
  /** Names, each with either a tag or a digest; in order of their text. */
  references: ImageReference[];
  /** RFC 3339; empty when it isn't known. */
  created: string;
  /** Docker's word, such as `amd64`. */
  architecture: string;
  /** Such as `v8`; mostly empty. */
  variant: string;
  /** Bytes as they are kept: of the layers in the local store, else of what the server has. */
  size: number;
  /** Digests of the layers as tar archives, the lowest first; empty when they aren't known. */
  layers: string[];
  /** The oldest first; empty when it isn't known. */
  history: ImageStep[];
  author: string;
  comment: string;
  /** When `docker tag` or a build named it last, RFC 3339; empty for never. */
  lastTagged: string;
  stored: ImageStorage;
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
    get Comment() {
      return image.comment;
    },
    Created: image.created || ZERO_TIME,
    "Container,omitempty": "",
    "ContainerConfig,omitempty": goNil("*container.Config"),
    DockerVersion: "",
    get Author() {
      return image.author;
    },
    get Config() {
      // Field by field: a spread would also read what may have to be loaded.
      return goConfig({
        user: image.user,
        exposedPorts: image.exposedPorts,
        env: image.env.length > 0 ? image.env : null,
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
    get "Variant,omitempty"() {
      return image.variant;
    },
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
      get "Layers,omitempty"() {
        return goSlice(image.layers, "[]string");
      },
    }),
    Metadata: goStruct("image.Metadata", {
      get "LastTagTime,omitempty"() {
        const time = image.lastTagged || ZERO_TIME;
        return goText("time.Time", formatGoTime(time), time);
      },
    }),
  });
}
