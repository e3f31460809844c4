/**
 * The same calls to kini and to a real Docker Engine: equal output on stdout
 * and stderr and equal exit codes, but for what `differential/allowed.ts` lists.
 */
import assert from "node:assert/strict";
import { ALLOWED, type Allowed } from "./differential/allowed.ts";
import { normalise, replaceAll } from "./differential/normalise.ts";
import {
  type Call,
  type Outcome,
  parseCalls,
  runCalls,
} from "./differential/session.ts";
import { type HostName, sh } from "./lab.ts";

const HERE = new URL("./differential/", import.meta.url);
const HOSTS = ["docker", "incus2"] as const;
const STREAMS = ["code", "stdout", "stderr"] as const;

/** Files of calls that look at nothing but what they make themselves. */
const APART = {
  process: "a container's process gets from kini what docker gives it",
  surroundings: "a container's process finds the same around it",
  mounts: "a container's process finds what is mounted",
  refused: "kini refuses containers as docker does",
  run: "kini makes containers as docker does",
  attached: "kini runs containers in the foreground as docker does",
  lifecycle: "kini starts, stops and removes containers as docker does",
  exec: "kini runs commands in containers as docker does",
  inspect: "kini inspects objects and ports as docker does",
  networks: "kini makes, shows and removes networks as docker does",
  cp: "kini copies files as docker does",
  logs: "kini prints logs as docker does",
  images: "kini shows and pulls images as docker does",
  client: "kini reads docker's command line as docker does",
};

/** Those that count what there is, and those that make more of it. */
const ALONE = {
  ps: "kini lists containers as docker does",
  commit: "kini makes images of containers as docker does",
  store: "kini names, saves, removes and prunes images as docker does",
  import: "kini makes images of root file systems as docker does",
  info: "kini describes its daemon as docker does",
  registry: "kini pushes, pulls and logs in as docker does",
};

/** How many files at once: starts of Incus wait, and all else is busy. */
const AT_ONCE = 3;

const used = new Set<Allowed>();

interface Session {
  calls: Call[];
  docker: Outcome[];
  kini: Outcome[];
}

Deno.test("kini answers as a Docker Engine does", async (t) => {
  // Names after `--` choose files of calls.
  const chosen = (file: string) =>
    Deno.args.length === 0 || Deno.args.includes(file);
  const apart = Object.keys(APART).filter(chosen);
  await Promise.all(HOSTS.map(prepareHost));
  const sessions = new Map<string, Session>();
  const queue = [...apart];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      sessions.set(file, await runFile(file));
    }
  }));
  for (const file of Object.keys(ALONE).filter(chosen)) {
    sessions.set(file, await runFile(file));
  }
  for (const [file, title] of Object.entries({ ...APART, ...ALONE })) {
    const session = sessions.get(file);
    if (session) await t.step(title, () => check(session));
  }
  if (Deno.args.length === 0) {
    await t.step("every allowed difference is still there", () => {
      const unused = ALLOWED.filter((one) => !used.has(one));
      assert.deepEqual(unused.map((one) => one.reason), []);
    });
  }
});

async function prepareHost(host: HostName): Promise<void> {
  await sh(
    "for image in busybox:1.37 busybox:latest kini/test:1; do docker pull -q $image; done",
    { host },
  );
}

async function runFile(file: string): Promise<Session> {
  const prelude = await Deno.readTextFile(new URL("prelude.sh", HERE));
  const calls = parseCalls(
    await Deno.readTextFile(new URL(`calls/${file}.sh`, HERE)),
  );
  const [docker, kini] = await Promise.all(
    HOSTS.map((host) => runCalls(host, file, prelude, calls)),
  );
  return { calls, docker: docker!, kini: kini! };
}

function check({ calls, docker, kini }: Session): void {
  assert.equal(docker.length, calls.length, "docker's shell ended early");
  assert.equal(kini.length, calls.length, "kini's shell ended early");
  const reports = calls.flatMap((call, index) =>
    compare(call, docker[index]!, kini[index]!)
  );
  if (reports.length > 0) {
    assert.fail(`${reports.length} differ\n\n${reports.join("\n")}`);
  }
}

/** Describes what differs in a call's outcomes; nothing when they are equal. */
function compare(call: Call, docker: Outcome, kini: Outcome): string[] {
  if (call.quiet) return compareStream(call, "code", [], docker, kini);
  const allowed = ALLOWED.filter(({ calls }) => calls.test(call.line));
  const together = allowed.find(({ join }) => join);
  if (together && docker.stderr !== kini.stderr) {
    used.add(together);
    docker = joined(docker);
    kini = joined(kini);
  }
  return STREAMS.flatMap((stream) =>
    compareStream(call, stream, allowed, docker, kini)
  );
}

function joined(outcome: Outcome): Outcome {
  return { ...outcome, stdout: outcome.stdout + outcome.stderr, stderr: "" };
}

function compareStream(
  call: Call,
  stream: typeof STREAMS[number],
  allowed: readonly Allowed[],
  docker: Outcome,
  kini: Outcome,
): string[] {
  let want = normalise(String(docker[stream]));
  let got = normalise(String(kini[stream]));
  for (const one of allowed) {
    if (want === got) return [];
    if (one.ignore?.includes(stream)) {
      used.add(one);
      return [];
    }
    const before = [want, got];
    want = replaceAll(want, one.replace ?? []);
    got = replaceAll(got, one.replace ?? []);
    if (want !== before[0] || got !== before[1]) used.add(one);
  }
  if (want === got) return [];
  return [`$ ${call.line}\n${describe(stream, want, got)}`];
}

/** The lines that only one of two texts has. */
function describe(stream: string, want: string, got: string): string {
  const marked = (text: string, other: string, mark: string) => {
    const others = other.split("\n");
    const lines = text.split("\n").filter((line) => !others.includes(line));
    return (lines.length > 0 ? lines : [JSON.stringify(text)])
      .slice(0, 12).map((line) => `  ${mark} ${line}\n`).join("");
  };
  return `  ${stream}\n${marked(want, got, "docker")}${
    marked(got, want, "kini  ")
  }`;
}
