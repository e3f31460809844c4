import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import type { FlagTable } from "./flags.ts";
import { formatCommandList, formatHelp, formatUsageError } from "./help.ts";

const FLAGS = {
  time: { type: "number", short: "t", usage: "Seconds to wait" },
  detach: {
    type: "boolean",
    short: "d",
    usage: "Leave the container in the background and print its ID",
  },
  label: { type: "strings", usage: "Set metadata\nin lines" },
  pull: {
    type: "string",
    default: "missing",
    usage: "Pull the image first, with one of several possible words",
  },
  secret: { type: "boolean", hidden: true, usage: "Not shown" },
  "sig-proxy": { type: "boolean", default: true, usage: "Pass signals on" },
  memory: { type: "string", short: "m", value: "bytes", usage: "Limit memory" },
} satisfies FlagTable;

Deno.test("formatHelp() lays a command out as docker does", () => {
  assert.equal(
    formatHelp({
      program: "docker run",
      usage: "[OPTIONS] IMAGE",
      summary: "Start a container",
      aliases: ["docker container run", "docker run"],
      examples: "  docker run alpine",
      flags: FLAGS,
    }),
    `Usage:  docker run [OPTIONS] IMAGE

Start a container

Aliases:
  docker container run, docker run

Examples:
  docker run alpine

Options:
  -d, --detach         Leave the container in the background and print its ID
      --label list     Set metadata
                       in lines
  -m, --memory bytes   Limit memory
      --pull string    Pull the image first, with one of several possible
                       words (default "missing")
      --sig-proxy      Pass signals on (default true)
  -t, --time int       Seconds to wait
`,
  );
});

Deno.test("formatHelp() leaves out what there is none of", () => {
  assert.equal(
    formatHelp({
      program: "docker rename",
      usage: "A B",
      summary: "Rename",
      flags: {},
    }),
    "Usage:  docker rename A B\n\nRename\n",
  );
});

Deno.test("formatHelp() shows --help where -h means something else", () => {
  const flags = {
    hostname: { type: "string", short: "h", usage: "Host name" },
  } satisfies FlagTable;
  assert.equal(
    formatHelp({
      program: "docker run",
      usage: "IMAGE",
      summary: "Run",
      flags,
    }),
    `Usage:  docker run IMAGE

Run

Options:
      --help              Print usage
  -h, --hostname string   Host name
`,
  );
});

Deno.test("formatHelp() puts the text under the flag on a narrow terminal", () => {
  const flags = {
    verylongflagname: {
      type: "boolean",
      usage: "A text that is wrapped below",
    },
  } satisfies FlagTable;
  assert.equal(
    formatHelp({ program: "p", usage: "", summary: "s", flags }, 45).split(
      "Options:\n",
    )[1],
    "      --verylongflagname   \n                A text that is wrapped\n                below\n",
  );
});

Deno.test("formatCommandList() lists the commands of a group", () => {
  assert.equal(
    formatCommandList({
      program: "docker network",
      summary: "Manage networks",
      sections: [
        {
          title: "Commands",
          commands: [{ name: "ls", summary: "List" }, {
            name: "rm",
            summary: "Remove",
          }],
        },
        { title: "Empty", commands: [] },
      ],
      flags: { debug: { type: "boolean", short: "D", usage: "Say more" } },
    }),
    `Usage:  docker network COMMAND

Manage networks

Commands:
  ls          List
  rm          Remove

Global Options:
  -D, --debug   Say more

Run 'docker network COMMAND --help' for more information on a command.
`,
  );
});

Deno.test("formatUsageError() adds what docker adds", () => {
  const command = {
    program: "docker rm",
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    summary: "Remove one or more containers",
  };
  const cases: [UsageError, string][] = [
    [
      new UsageError("unknown flag: --x", { subject: "flag" }),
      "unknown flag: --x\nSee 'docker rm --help'.\n",
    ],
    [
      new UsageError("requires at least 1 argument"),
      `"docker rm" requires at least 1 argument.
See 'docker rm --help'.

Usage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]

Remove one or more containers
`,
    ],
    [
      new UsageError("invalid reference format", { subject: "value" }),
      "docker: invalid reference format.\nSee 'docker rm --help'.\n",
    ],
    [
      new UsageError("once.", { subject: "value" }),
      "docker: once.\nSee 'docker rm --help'.\n",
    ],
  ];
  for (const [error, want] of cases) {
    assert.equal(formatUsageError(error, command), want);
  }
});
