/**
 * What takes how much room, as `docker system df` shows it.
 *
 * @module
 */
import type { RowOptions } from "./format.ts";
import { goRow, type GoStruct } from "./go_value.ts";
import { formatSize } from "./units.ts";

/** One kind of things. */
export interface DiskUsage {
  kind: "Images" | "Containers" | "Local Volumes" | "Build Cache";
  total: number;
  /** Those in use. */
  active: number;
  /** Bytes. */
  size: number;
  /** Bytes of what is not in use. */
  reclaimable: number;
}

/** The names of the rows' types, which errors of templates tell. */
const TYPES: Readonly<Record<DiskUsage["kind"], string>> = {
  Images: "*formatter.diskUsageImagesContext",
  Containers: "*formatter.diskUsageContainersContext",
  "Local Volumes": "*formatter.diskUsageVolumesContext",
  "Build Cache": "*formatter.diskUsageBuilderContext",
};

/** The columns and formats of `docker system df`. */
export const DISK_USAGE_OPTIONS: RowOptions = {
  headers: {
    Type: "TYPE",
    TotalCount: "TOTAL",
    Active: "ACTIVE",
    Size: "SIZE",
    Reclaimable: "RECLAIMABLE",
  },
  table: "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
};

/** One row. */
export function diskUsageRow(usage: DiskUsage): GoStruct {
  const { kind, size, reclaimable } = usage;
  const share = size > 0 && kind !== "Build Cache"
    ? ` (${Math.trunc(reclaimable * 100 / size)}%)`
    : "";
  return goRow(TYPES[kind], {
    Active: String(usage.active),
    Reclaimable: formatSize(reclaimable) + share,
    Size: formatSize(size),
    TotalCount: String(usage.total),
    Type: kind,
  });
}

/** The columns of images in `docker system df -v`. */
export const IMAGE_USAGE_TABLE: string =
  "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}" +
  "{{else}}N/A{{end}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";

/** Those of containers. */
export const CONTAINER_USAGE_TABLE: string =
  "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t" +
  "{{.RunningFor}}\t{{.Status}}\t{{.Names}}";

/** What there is never any of: volumes live in their container, and nothing is built. */
export const NO_OTHER_USAGE: string = `
Local Volumes space usage:

VOLUME NAME   LINKS     SIZE

Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
`;
