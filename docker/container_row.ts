/**
 * A container as one row of `docker ps`.
 *
 * @module
 */
import type { Container } from "./container.ts";
import { listPorts } from "./container_ports.ts";
import { commandOf } from "./container_view.ts";
import type { RowOptions } from "./format.ts";
import { quote } from "./go_quote.ts";
import { formatGoLocalTime, timeOf } from "./go_time.ts";
import { goRow, type GoStruct } from "./go_value.ts";
import { familiarReference, parseImageReference } from "./image_reference.ts";
import { formatPorts } from "./publish.ts";
import { formatDuration, formatSize } from "./units.ts";

const SHORT_ID = 12;
const LONGEST_COMMAND = 20;
const LONGEST_MOUNT = 15;

/** How a row is written. */
export interface ContainerRowOptions {
  now: Date;
  noTrunc: boolean;
  /** Bytes of its own disk; 0 where nobody has measured them. */
  size?: number;
}

/** The columns and formats of `docker ps`; with `size`, the column SIZE too. */
export function containerRowOptions(
  options: { size: boolean; quiet: boolean },
): RowOptions {
  const size = options.size ? "size: {{.Size}}\n" : "";
  return {
    headers: {
      ID: "CONTAINER ID",
      Names: "NAMES",
      Image: "IMAGE",
      Command: "COMMAND",
      CreatedAt: "CREATED AT",
      RunningFor: "CREATED",
      Ports: "PORTS",
      State: "STATE",
      Status: "STATUS",
      Size: "SIZE",
      Labels: "LABELS",
      Mounts: "MOUNTS",
      LocalVolumes: "LOCAL VOLUMES",
      Networks: "NETWORKS",
    },
    table: "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t" +
      "{{.Status}}\t{{.Ports}}\t{{.Names}}" +
      (options.size ? "\t{{.Size}}" : ""),
    raw: "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\n" +
      "created_at: {{.CreatedAt}}\nstate: {{- pad .State 1 0}}\n" +
      "status: {{- pad .Status 1 0}}\nnames: {{.Names}}\n" +
      `labels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n${size}`,
    quietRaw: "container_id: {{.ID}}",
    quiet: options.quiet,
    quietFirst: true,
  };
}

/** One row. Each column is worked out when a template asks for it. */
export function containerRow(
  container: Container,
  { now, noTrunc, size = 0 }: ContainerRowOptions,
): GoStruct {
  const { record, labels, state } = container;
  const age = () => now.getTime() - timeOf(container.created);
  return goRow("*formatter.ContainerContext", {
    get Command() {
      const text = commandText(commandOf(container));
      return quote(noTrunc ? text : ellipsis(text, LONGEST_COMMAND));
    },
    get CreatedAt() {
      return formatGoLocalTime(timeOf(container.created));
    },
    ID: noTrunc ? container.id : container.id.slice(0, SHORT_ID),
    get Image() {
      return noTrunc ? record.image || "<no image>" : shortImage(record);
    },
    get Labels() {
      return Object.entries(labels).map(([key, value]) => `${key}=${value}`)
        .sort().join(",");
    },
    get LocalVolumes() {
      const volumes = record.mounts.filter(({ type }) => type === "volume");
      return String(volumes.length);
    },
    get Mounts() {
      return record.mounts.map(({ name, source }) => name || source)
        .map((name) => noTrunc ? name : ellipsis(name, LONGEST_MOUNT))
        .join(",");
    },
    Names: container.name,
    get Networks() {
      const names = container.endpoints.map(({ network }) => network);
      return names.length > 0 ? names.join(",") : record.network;
    },
    get Ports() {
      return formatPorts(listPorts(container));
    },
    get RunningFor() {
      return `${formatDuration(age())} ago`;
    },
    get Size() {
      return formatSize(size, 3);
    },
    State: state.status,
    get Status() {
      return statusText(container, now);
    },
  }, {
    Label: (name) => Object.hasOwn(labels, name) ? labels[name]! : "",
  });
}

/** How long a container has been what it is: `Up 5 minutes`, `Exited (3) 2 hours ago`. */
export function statusText({ state }: Container, now: Date): string {
  const since = (time: string) => formatDuration(now.getTime() - timeOf(time));
  switch (state.status) {
    case "running":
      return `Up ${since(state.startedAt)}`;
    case "paused":
      return `Up ${since(state.startedAt)} (Paused)`;
    case "created":
      return "Created";
    case "dead":
      return "Dead";
    case "exited": {
      const exited = `Exited (${state.exitCode})`;
      return state.finishedAt
        ? `${exited} ${since(state.finishedAt)} ago`
        : exited;
    }
  }
}

/** Docker's daemon quotes arguments with blanks, and those alone. */
function commandText([path = "", ...args]: readonly string[]): string {
  const shown = args.map((arg) => arg.includes(" ") ? `'${arg}'` : arg);
  return [path, ...shown].join(" ");
}

/** Without its digest, unless that is all there is. */
function shortImage({ image, imageId }: Container["record"]): string {
  if (image === "") return "<no image>";
  const short = imageId.replace("sha256:", "").slice(0, SHORT_ID);
  if (image.replace("sha256:", "").slice(0, SHORT_ID) === short) return short;
  try {
    const { registry, repository, tag } = parseImageReference(image);
    return familiarReference({ registry, repository, ...(tag && { tag }) });
  } catch {
    return image;
  }
}

/** The first characters, the last of them `…`, of what is too long. */
function ellipsis(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest
    ? text
    : `${characters.slice(0, longest - 1).join("")}…`;
}
