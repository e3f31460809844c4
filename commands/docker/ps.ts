/**
 * `docker ps -a --filter label=io.x-k8s.kind.cluster --format {{.Names}}`
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import {
  type FilterableContainer,
  filterContainers,
} from "../../docker/container_filter.ts";
import { listPorts } from "../../docker/container_ports.ts";
import {
  containerRow,
  containerRowOptions,
} from "../../docker/container_row.ts";
import type { Filters } from "../../docker/filter.ts";
import { type Headers, renderRows } from "../../docker/format.ts";
import { timeOf } from "../../docker/go_time.ts";
import { goRow } from "../../docker/go_value.ts";
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
  withDefaultTag,
} from "../../docker/image_reference.ts";
import { parseTemplate, TemplateError } from "../../docker/template.ts";
import type { IncusClient } from "../../incus/client.ts";
import { listContainers } from "../../modes/containers.ts";
import { defineCommand, exactly } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { withExit } from "./container_exit.ts";
import { renderDeferred } from "./deferred.ts";
import { applyFilters, LIST_FORMAT_USAGE, readFilters } from "./list_flags.ts";

const flags = {
  all: {
    type: "boolean",
    short: "a",
    usage: "Show all containers (default shows just running)",
  },
  filter: {
    type: "strings",
    short: "f",
    value: "filter",
    usage: "Filter output based on conditions provided",
  },
  format: { type: "string", default: "", usage: LIST_FORMAT_USAGE },
  last: {
    type: "number",
    short: "n",
    default: -1,
    usage: "Show n last created containers (includes all states)",
  },
  latest: {
    type: "boolean",
    short: "l",
    usage: "Show the latest created container (includes all states)",
  },
  "no-trunc": { type: "boolean", usage: "Don't truncate output" },
  quiet: {
    type: "boolean",
    short: "q",
    usage: "Only display container IDs",
  },
  size: {
    type: "boolean",
    short: "s",
    usage: "Display total file sizes",
    ignored: "the column is there, but measuring sizes would read every disk",
  },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["ps -a --filter label=io.x-k8s.kind.cluster=kind"],
  async run(ctx, { values }) {
    const filters = readFilters(flags, values.filter);
    const options = containerRowOptions(values);
    checkTemplate(values.format, options.headers);
    if (values.format !== "" && values.quiet) {
      await ctx.stderr.line(
        "WARNING: Ignoring custom format, because both --format and --quiet are set.",
      );
    }
    const limit = values.latest && values.last === -1 ? 1 : values.last;
    const client = await ctx.incus();
    const containers = (await listContainers(client)).sort(newestFirst)
      .map((one) => withExit(client, one));
    const candidates = containers.map(({ container }) => candidate(container));
    const images = await namedImages(client, filters);
    const row = { now: ctx.now(), noTrunc: values["no-trunc"] };
    const output = await renderDeferred(
      containers.flatMap(({ exit }) => exit ? [exit] : []),
      () => {
        const picked = applyFilters(() =>
          filterContainers(candidates, filters, {
            all: values.all,
            ...(limit > 0 && { limit }),
            ancestorIds: [...images, ...ancestorIds(candidates, filters)],
          })
        );
        const rows = picked.map(({ container }) =>
          containerRow(container, row)
        );
        return renderRows(rows, values.format, options);
      },
    );
    await ctx.stdout.text(output);
  },
});

/** A container as filters look at it. */
interface Candidate extends FilterableContainer {
  container: Container;
}

function candidate(container: Container): Candidate {
  const { record, state, endpoints } = container;
  const networks = endpoints.map(({ network, networkId }) => ({
    name: network,
    id: networkId,
  }));
  return {
    container,
    id: container.id,
    name: container.name,
    labels: container.labels,
    status: state.status,
    get exitCode() {
      return state.exitCode;
    },
    networks: networks.length > 0
      ? networks
      : [{ name: record.network, id: record.networkId }],
    mounts: record.mounts,
    get ports() {
      return listPorts(container);
    },
    imageId: record.imageId,
  };
}

/** The images of the store that `--filter ancestor=` names. */
async function namedImages(
  client: IncusClient,
  filters: Filters,
): Promise<string[]> {
  const ids: string[] = [];
  for (const text of filters.get("ancestor")) {
    const { findImage } = await import("../../modes/images.ts");
    const reference = referenceOf(text);
    const image = reference && await findImage(client, reference);
    if (image) ids.push(image.note.facts.id);
  }
  return ids;
}

/** The images that `--filter ancestor=` means, as far as containers have them. */
function ancestorIds(
  candidates: readonly Candidate[],
  filters: Filters,
): string[] {
  return filters.get("ancestor").flatMap((text) =>
    candidates.filter(({ container: { record } }) =>
      record.imageId === text ||
      record.imageId.replace("sha256:", "").startsWith(
        text.replace("sha256:", ""),
      ) ||
      fullName(record.image) === fullName(text)
    ).map(({ container }) => container.record.imageId)
  );
}

function fullName(text: string): string {
  const reference = referenceOf(text);
  return reference ? formatImageReference(reference) : text;
}

/** `undefined` for what is no reference, such as an image's id. */
function referenceOf(text: string): ImageReference | undefined {
  try {
    return withDefaultTag(parseImageReference(text));
  } catch {
    return undefined;
  }
}

function newestFirst(a: Container, b: Container): number {
  return timeOf(b.created) - timeOf(a.created) ||
    (a.created < b.created ? 1 : -1);
}

/** Docker tries a template before it asks the server, with texts of its own. */
function checkTemplate(format: string, headers: Headers): void {
  if (format === "") return;
  let stage = "parse";
  try {
    const template = parseTemplate(format);
    stage = "execute";
    const blank = Object.keys(headers).map((name) => [name, ""] as const);
    template.execute(goRow(
      "*formatter.ContainerContext",
      Object.fromEntries(blank),
      { Label: (_name) => "" },
    ));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(`failed to ${stage} template: ${error.message}`, 1);
  }
}
