/**
 * Results → docs/compatibility.md.
 *
 * @module
 */
import { allCells, type Cell, SERVERS, TOPOLOGIES } from "./cell.ts";
import { COMMANDS, type KindCommand } from "./commands.ts";
import { type Limit, limitOf, LIMITS } from "./limits.ts";
import type { CellResult, Facts, Failure } from "./result.ts";
import { cellTable, type Results, summaryTable, table } from "./table.ts";

const HEAD = `\
<!-- Written by tests/matrix/run from tests/matrix/results.json; edits are lost. -->

# Compatibility

What works where, as it was seen. \`make e2e-all\` makes a cluster with the
unmodified kind in every cell of the matrix, works with it, and writes this page
from the results. The servers are real, in [the lab](../tests/lab/README.md); a
node image there is a stand-in with real systemd and containerd.`;

const CELL = `\
In each cell, from a server without instances: \`kind create cluster\`; \`kubectl
get nodes\` through the published port, until all nodes are ready; the nodes are
in the mode, and have the privileges, that the cell names; \`kind get\` clusters,
nodes and kubeconfig; \`kind export kubeconfig\`; \`kind load docker-image\` and
\`image-archive\`, and the image is in every node; \`kind export logs\`, and no log
is empty. With a load balancer: the first control plane is stopped, the API goes
on answering, it is started, and all nodes are ready. Then \`kind delete
cluster\`, and no instance, volume, network, open port or file is left.

A time is a cell's, all steps together, on a small machine that did other things
too. Where a server would choose the other mode, \`KINI_MODE\` is set.
"unprivileged" is \`KINI_UNPRIVILEGED=true\`; the machine of the tests limits no
containers, so kind, which insists on limits for such nodes, is told there that
it does. In LXC mode the node image follows the time: "kubeadm" where nodes are
made of the pre-built images of that name, and "kindest" where they are made of
\`kindest/node\`.`;

const OTHER_KINDS = `\
The matrix has the two kinds of the lab. Every minor version from 0.20 to 0.33
was tried by hand on 2026-11-23, on Incus 7.0 in OCI mode and on LXD 5.0: a
control plane and a worker, \`kubectl get nodes\`, \`kind get nodes\`, \`kind load\`
of an image and of an archive, \`kind export\`, \`kind delete cluster\`. All of it
worked.`;

const COMMANDS_INTRO = `\
A number is of cells: those that the command worked in, of those that came to
it.`;

const SHAKY = "These failed in the run before.";

/** The whole page. */
export function renderPage(
  results: Results,
  limits: readonly Limit[] = LIMITS,
): string {
  const red = [...results.values()].filter(({ failure }) => failure);
  const shaky = [...results.values()].filter(({ failure, earlier }) =>
    !failure && earlier
  );
  const notes = new Footnotes(limits);
  const cells = cellTable(results, (result) => notes.mark(result));
  const sections = [
    HEAD,
    table(["", ""], facts(results)).join("\n"),
    "## In short",
    summaryTable(results).join("\n"),
    "## Every cell",
    CELL,
    cells.join("\n"),
    ...(red.length > 0
      ? ["### Red cells", redTable(red, ({ failure }) => failure)]
      : []),
    ...(shaky.length > 0
      ? ["### Green at last", SHAKY, redTable(shaky, (one) => one.earlier)]
      : []),
    ...notes.lines(),
    "## Other versions of kind",
    OTHER_KINDS,
    "## kind's commands",
    COMMANDS_INTRO,
    table(
      ["command", "works", "notes", "shown by"],
      COMMANDS.map((one) => commandRow(one, results)),
    ).join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Limits of servers, in the order in which cells meet them. */
class Footnotes {
  readonly #limits: readonly Limit[];
  readonly #used: Limit[] = [];

  constructor(limits: readonly Limit[]) {
    this.#limits = limits;
  }

  /** A red cell's word. */
  mark(result: CellResult): string {
    const limit = limitOf(result, this.#limits);
    if (!limit) return "**no**";
    if (!this.#used.includes(limit)) this.#used.push(limit);
    return `no [^${this.#used.indexOf(limit) + 1}]`;
  }

  lines(): string[] {
    return this.#used.map(({ why }, index) => `[^${index + 1}]: ${why}`);
  }
}

/** What took part, as it reports itself, and how it ended. */
function facts(results: Results): string[][] {
  const all = [...results.values()];
  const of = (key: keyof Facts) =>
    distinct(all.flatMap((result) => result.facts[key] ?? [])).join(", ");
  const red = all.filter(({ failure }) => failure).length;
  return [
    ["run on", distinct(all.map(({ date }) => date)).join(", ")],
    ["servers", of("server")],
    ["kind", of("kind")],
    ["Kubernetes", of("kubernetes")],
    [
      "cells",
      `${all.length - red} green, ${red} red, ` +
      `${allCells().length - all.length} not run`,
    ],
  ];
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function redTable(
  red: readonly CellResult[],
  failure: (result: CellResult) => Failure | undefined,
): string {
  return table(
    ["cell", "step", "error"],
    red.map((result) => [
      describe(result),
      failure(result)?.step ?? "",
      code(failure(result)?.error ?? ""),
    ]),
  ).join("\n");
}

function describe(cell: Cell): string {
  const server = SERVERS.find(({ host }) => host === cell.host)?.label;
  const mode = cell.mode.toUpperCase();
  const { label } = TOPOLOGIES[cell.nodes];
  return `${server} ${mode}, ${cell.privilege}, ${label}, kind ${cell.kind}`;
}

/** A server's or a program's words, whatever they hold. */
function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function commandRow(one: KindCommand, results: Results): string[] {
  const { command, step, tests = [], note = "" } = one;
  const by = tests.map(([file, name]) => `[${name}](../tests/e2e/${file})`);
  if (step === undefined) {
    return [`\`${command}\``, "yes", note, by.join(", ")];
  }
  const all = [...results.values()];
  const passed = all.filter((result) => result.passed.includes(step)).length;
  const failed = all.filter(({ failure }) => failure?.step === step).length;
  return [
    `\`${command}\``,
    works(passed, failed),
    note,
    ["the matrix", ...by].join(", "),
  ];
}

function works(passed: number, failed: number): string {
  if (passed + failed === 0) return "not run";
  return failed === 0 ? "yes" : `${passed} of ${passed + failed}`;
}
