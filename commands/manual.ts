/**
 * The manual page, made from the command tables.
 *
 * @module
 */
import type { CommandNode } from "./command_tree.ts";
import { environment } from "./environment.ts";
import { VERSION } from "./version.ts";

/** The page kini(1), in the macros of man(7). */
export function manualPage(
  kini: readonly CommandNode[],
  docker: readonly CommandNode[],
): string {
  const parts = [
    `.TH KINI 1 "" ${argument(`kini ${VERSION}`)} "User Commands"`,
    ".SH NAME\nkini \\- kind clusters on Incus and LXD, without Docker",
    `.SH SYNOPSIS\n.B kini\n.I COMMAND\n.RI [ ARGUMENT ...]\n.br\n.B kini docker\n.I COMMAND\n.RI [ ARGUMENT ...]\n.br\n.B kini kind\n.RI [ ARGUMENT ...]`,
    `.SH DESCRIPTION\n${
      text(
        "kini does what kind asks docker for, on an Incus or LXD server. " +
          "Linked as docker and found first in PATH, it answers every call of " +
          "an unmodified kind: the nodes of a cluster are containers of the " +
          "server.",
      )
    }`,
    `.SH COMMANDS\n${
      kini.slice(1).map((node) => commandPart(node)).join("\n")
    }`,
    `.SH DOCKER COMMANDS\n${
      text("These follow docker, also as kini docker COMMAND.")
    }\n${docker.slice(1).map((node) => commandPart(node)).join("\n")}`,
    `.SH ENVIRONMENT\n${environmentPart()}`,
    `.SH EXIT STATUS\n${
      text(
        "0: all went well. 1: it failed. 125: a flag is wrong, or docker run " +
          "failed. 126, 127: the container's command can't be run, or is not " +
          "there. Others are the container's own.",
      )
    }`,
    `.SH SEE ALSO\n.BR kind (1),\n.BR incus (1),\n.BR lxc (1),\n.BR docker (1)`,
  ];
  return parts.join("\n") + "\n";
}

function commandPart(node: CommandNode): string {
  const { path, usage, summary, details, flags, examples, words } = node;
  const head = `.SS ${argument([path, usage].filter(Boolean).join(" "))}\n${
    text([`${summary}.`, details].filter(Boolean).join(" "))
  }`;
  if (words.length > 0) return head;
  const program = path.split(" ", 1)[0]!;
  return [
    head,
    ...flags.map(({ long, short, value, summary }) =>
      `.TP\n${
        [
          short && `\\fB\\-${escape(short)}\\fR`,
          `\\fB\\-\\-${escape(long)}\\fR`,
        ]
          .filter(Boolean).join(", ")
      }${value ? ` \\fI${escape(value)}\\fR` : ""}\n${text(summary)}`
    ),
    ...examples.map((one) => `.PP\n.EX\n${text(`${program} ${one}`)}\n.EE`),
  ].join("\n");
}

function environmentPart(): string {
  return environment.flatMap(({ variables }) => variables).map((one) =>
    `.TP\n${one.names.map((name) => `\\fB${escape(name)}\\fR`).join(", ")}\n${
      text(`${one.text[0]!.toUpperCase()}${one.text.slice(1)}.`)
    }`
  ).join("\n");
}

function argument(words: string): string {
  // docker cp has two usage lines.
  const line = escape(words).replace(/\s+/g, " ");
  return `"${line.replaceAll('"', "\\(dq")}"`;
}

/** Lines that don't look like requests. */
function text(words: string): string {
  return words.split("\n").map((line) =>
    escape(line).replace(/^([.'])/, "\\&$1")
  ).join("\n");
}

function escape(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-");
}
