import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import { type FlagTable, flagValueError, parseFlags } from "./flags.ts";

const FLAGS = {
  all: { type: "boolean", short: "a", usage: "Show all" },
  cgroupns: { type: "string", usage: "Cgroup namespace" },
  detach: { type: "boolean", short: "d", usage: "Run in the background" },
  env: { type: "strings", short: "e", value: "list", usage: "Set variables" },
  init: { type: "boolean", usage: "Run an init" },
  interactive: { type: "boolean", short: "i", usage: "Keep stdin open" },
  last: {
    type: "number",
    short: "n",
    value: "int",
    default: -1,
    usage: "Show the last n",
  },
  network: {
    type: "strings",
    aliases: ["net"],
    value: "network",
    usage: "Join a network",
  },
  pids: { type: "number", value: "uint", usage: "Limit processes" },
  progress: { type: "string", implied: "auto", usage: "Show progress" },
  publish: {
    type: "strings",
    short: "p",
    value: "list",
    usage: "Publish a port",
  },
  pull: { type: "string", default: "missing", usage: "Pull first" },
  "sig-proxy": { type: "boolean", default: true, usage: "Pass signals on" },
  tty: { type: "boolean", short: "t", usage: "Allocate a terminal" },
} satisfies FlagTable;

const WITH_HOST = {
  hostname: { type: "string", short: "h", usage: "Host name" },
} satisfies FlagTable;

Deno.test("parseFlags() gives each flag its default", () => {
  const { values, args, changed, help } = parseFlags(FLAGS, []);
  assert.deepEqual(values, {
    all: false,
    cgroupns: undefined,
    detach: false,
    env: [],
    init: false,
    interactive: false,
    last: -1,
    network: [],
    pids: undefined,
    progress: undefined,
    publish: [],
    pull: "missing",
    "sig-proxy": true,
    tty: false,
  });
  assert.deepEqual(args, []);
  assert.equal(changed.size, 0);
  assert.equal(help, false);
});

Deno.test("parseFlags() types the values by the table", () => {
  const { values } = parseFlags(FLAGS, []);
  const pull: string = values.pull;
  const last: number = values.last;
  const env: string[] = values.env;
  const init: boolean = values.init;
  const none: string | undefined = values.cgroupns;
  assert.deepEqual([pull, last, env, init, none], [
    "missing",
    -1,
    [],
    false,
    undefined,
  ]);
});

Deno.test("parseFlags() reads the spellings of pflag", () => {
  const cases: {
    argv: string[];
    want: Record<string, unknown>;
    args?: string[];
  }[] = [
    { argv: ["--init=false"], want: { init: false } },
    { argv: ["--init", "false"], want: { init: true }, args: ["false"] },
    { argv: ["--init=T"], want: { init: true } },
    { argv: ["--sig-proxy=0"], want: { "sig-proxy": false } },
    { argv: ["--cgroupns=private"], want: { cgroupns: "private" } },
    { argv: ["--cgroupns", "private"], want: { cgroupns: "private" } },
    { argv: ["--cgroupns="], want: { cgroupns: "" } },
    {
      argv: ["--cgroupns", "--init"],
      want: { cgroupns: "--init", init: false },
    },
    { argv: ["--cgroupns=a=b", "--cgroupns=c"], want: { cgroupns: "c" } },
    { argv: ["-itd"], want: { interactive: true, tty: true, detach: true } },
    { argv: ["-it=false"], want: { interactive: true, tty: false } },
    {
      argv: ["-p80:80", "-p", "81:81", "-p=82:82"],
      want: { publish: ["80:80", "81:81", "82:82"] },
    },
    { argv: ["-p="], want: { publish: ["="] } },
    { argv: ["-dp80:80"], want: { detach: true, publish: ["80:80"] } },
    { argv: ["-de", "A=-b"], want: { detach: true, env: ["A=-b"] } },
    { argv: ["--net", "kind"], want: { network: ["kind"] } },
    { argv: ["--net=a", "--network=b"], want: { network: ["a", "b"] } },
    { argv: ["--progress", "x"], want: { progress: "auto" }, args: ["x"] },
    { argv: ["--progress=plain"], want: { progress: "plain" } },
    { argv: ["-n", "5"], want: { last: 5 } },
    { argv: ["-n-1"], want: { last: -1 } },
    { argv: ["--last=0x1F"], want: { last: 31 } },
    { argv: ["--last=010"], want: { last: 8 } },
    { argv: ["--last=+1_000"], want: { last: 1000 } },
    { argv: ["--pids=0b11"], want: { pids: 3 } },
    { argv: ["x", "-a", "y"], want: { all: true }, args: ["x", "y"] },
    { argv: ["-", "-a"], want: { all: true }, args: ["-"] },
    { argv: ["", "-a"], want: { all: true }, args: [""] },
    {
      argv: ["-a", "--", "-d", "--", "x"],
      want: { all: true, detach: false },
      args: ["-d", "--", "x"],
    },
    { argv: ["-e", "--", "x"], want: { env: ["--"] }, args: ["x"] },
  ];
  for (const { argv, want, args = [] } of cases) {
    const parsed = parseFlags(FLAGS, argv);
    const values: Record<string, unknown> = parsed.values;
    for (const name in want) {
      assert.deepEqual(values[name], want[name], argv.join(" "));
    }
    assert.deepEqual(parsed.args, args, argv.join(" "));
  }
});

Deno.test("parseFlags() stops at the first positional when told to", () => {
  const argv = ["-it", "-e", "A=1", "busybox", "sh", "-c", "--", "--help"];
  const { values, args, help } = parseFlags(FLAGS, argv, {
    stopAtFirstPositional: true,
  });
  assert.deepEqual(args, ["busybox", "sh", "-c", "--", "--help"]);
  assert.deepEqual(values.env, ["A=1"]);
  assert.equal(help, false);
  const lone = parseFlags(FLAGS, ["-a", "-", "-d"], {
    stopAtFirstPositional: true,
  });
  assert.deepEqual(lone.args, ["-", "-d"]);
  const ended = parseFlags(FLAGS, ["--", "-a", "-d"], {
    stopAtFirstPositional: true,
  });
  assert.deepEqual(ended.args, ["-a", "-d"]);
});

Deno.test("parseFlags() names the flags that were given, by their long name", () => {
  const { changed } = parseFlags(FLAGS, [
    "-a=false",
    "--net",
    "x",
    "--pull=missing",
    "--help",
  ]);
  assert.deepEqual([...changed], ["all", "network", "pull"]);
});

Deno.test("parseFlags() knows help", () => {
  assert.equal(parseFlags(FLAGS, ["--help"]).help, true);
  assert.equal(parseFlags(FLAGS, ["x", "-h"]).help, true);
  assert.equal(parseFlags(FLAGS, ["-ah"]).help, true);
  assert.equal(parseFlags(FLAGS, ["--help=false"]).help, false);
  const own = parseFlags(WITH_HOST, ["-h", "node"]);
  assert.equal(own.help, false);
  assert.equal(own.values.hostname, "node");
  assert.equal(parseFlags(WITH_HOST, ["--help"]).help, true);
});

Deno.test("parseFlags() refuses with the texts of pflag", () => {
  const cases: [string[], string][] = [
    [["--foo"], "unknown flag: --foo"],
    [["--foo=bar"], "unknown flag: --foo"],
    [["--toString"], "unknown flag: --toString"],
    [["--a"], "unknown flag: --a"],
    [["-xyz"], "unknown shorthand flag: 'x' in -xyz"],
    [["-axyz"], "unknown shorthand flag: 'x' in -xyz"],
    [["-a="], "unknown shorthand flag: '=' in -="],
    [["-'"], "unknown shorthand flag: '\\'' in -'"],
    [["--cgroupns"], "flag needs an argument: --cgroupns"],
    [["--net"], "flag needs an argument: --net"],
    [["-e"], "flag needs an argument: 'e' in -e"],
    [["-ae"], "flag needs an argument: 'e' in -e"],
    [["---x"], "bad flag syntax: ---x"],
    [["--=x"], "bad flag syntax: --=x"],
    [
      ["--tty=x"],
      'invalid argument "x" for "-t, --tty" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    [
      ["-t=tRue"],
      'invalid argument "tRue" for "-t, --tty" flag: strconv.ParseBool: parsing "tRue": invalid syntax',
    ],
    [
      ["--init="],
      'invalid argument "" for "--init" flag: strconv.ParseBool: parsing "": invalid syntax',
    ],
    [
      ["-n", "x"],
      'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      ["-n1.5"],
      'invalid argument "1.5" for "-n, --last" flag: strconv.ParseInt: parsing "1.5": invalid syntax',
    ],
    [
      ["--last=9223372036854775808"],
      'invalid argument "9223372036854775808" for "-n, --last" flag: strconv.ParseInt: ' +
      'parsing "9223372036854775808": value out of range',
    ],
    [
      ["--pids=-1"],
      'invalid argument "-1" for "--pids" flag: strconv.ParseUint: parsing "-1": invalid syntax',
    ],
    [
      ['--init=a"\n\x01'],
      String.raw`invalid argument "a\"\n\x01" for "--init" flag: ` +
      String.raw`strconv.ParseBool: parsing "a\"\n\x01": invalid syntax`,
    ],
    [
      ["--help=x"],
      'invalid argument "x" for "--help" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ],
  ];
  for (const [argv, message] of cases) {
    assert.throws(() => parseFlags(FLAGS, argv), (error) => {
      assert(error instanceof UsageError);
      assert.equal(error.message, message);
      assert.equal(error.subject, "flag");
      assert.equal(error.code, 125);
      return true;
    });
  }
});

Deno.test("flagValueError() names the flag and the reason", () => {
  const error = flagValueError(
    FLAGS,
    "env",
    "=x",
    new SyntaxError("invalid environment variable: =x"),
  );
  assert.equal(
    error.message,
    'invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x',
  );
  assert(error.cause instanceof SyntaxError);
});
