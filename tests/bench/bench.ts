/**
 * Measures kini beside the incus CLI and Docker Engine, in the lab.
 *
 * Prints a Markdown table on stdout and progress on stderr. Nothing here
 * passes or fails by a time.
 *
 * @module
 */
import {
  BIG_IMAGE,
  type Case,
  cases,
  CLUSTER,
  CONTAINER,
  type Contender,
  EXTRA,
  IMAGE,
} from "./cases.ts";
import { Host, type Run } from "./host.ts";
import { HEAD, rows } from "./table.ts";

interface Options {
  rounds: number;
  clusters: boolean;
  images: boolean;
  only: RegExp;
}

const USAGE =
  "usage: tests/bench/run [--rounds N] [--only REGEX] [--clusters] [--images]";
/** Seen by the host; tests/bench/run compiles it. */
const EMPTY = "dist/bench/empty";

class Bench {
  readonly #hosts: Readonly<Record<string, Host>>;
  readonly #rounds: number;

  constructor(hosts: Record<string, Host>, rounds: number) {
    this.#hosts = hosts;
    this.#rounds = rounds;
  }

  /**
   * A round is one run of each, so that all meet the same disturbances; each
   * round starts with another, since what ran before matters a little.
   */
  async measure(one: Case): Promise<Run[][]> {
    const [warm, rounds] = this.#roundsFor(one);
    const runs: Run[][] = one.contenders.map(() => []);
    for (let round = -warm; round < rounds; round++) {
      for (const place of one.contenders.keys()) {
        const index = (place + round + warm) % one.contenders.length;
        const run = await this.#runOnce(one.contenders[index]!);
        if (round >= 0) runs[index]?.push(run);
      }
    }
    return runs;
  }

  /** How many rounds are for warming up, and how many count. */
  #roundsFor({ size }: Case): [number, number] {
    switch (size) {
      case "quick":
        return [3, this.#rounds];
      case "long":
        return [1, Math.max(3, Math.ceil(this.#rounds / 4))];
      case "cluster":
      case "image":
        return [1, 3];
    }
  }

  async #runOnce(contender: Contender): Promise<Run> {
    const { argv, input, before, after } = contender;
    const host = this.#host(contender.host);
    if (before) await host.run({ argv: before });
    const run = await host.run({ argv, ...(input && { input }) });
    if (after) await host.run({ argv: after });
    return run;
  }

  /** Starts the container that the cases use. */
  async prepare(): Promise<void> {
    await this.clean();
    const script = "seq 1 100; exec sleep 1000000";
    for (const host of Object.values(this.#hosts)) {
      await host.run({
        argv: [..."docker run -d --name".split(" "), CONTAINER, IMAGE]
          .concat("sh", "-c", script),
      });
    }
  }

  /** Removes what the cases made, whatever was left of it. */
  async clean(): Promise<void> {
    await this.#host("incus").attempt({
      argv: ["incus", "delete", "-f", EXTRA],
    });
    for (const host of Object.values(this.#hosts)) {
      await host.attempt({ argv: ["docker", "rm", "-f", CONTAINER, EXTRA] });
    }
  }

  /**
   * Lets a node on Docker Engine look names up without waiting.
   *
   * The host has no name server, so Docker hands the look-ups of a node to
   * servers of its own choice, which can't be reached here: 5 s each. A server
   * that refuses at once is fair, since Incus has one in its bridge.
   */
  async refuseLookups(): Promise<AsyncDisposable> {
    const host = this.#host("docker");
    const write = (text: string) =>
      host.run({
        argv: ["sh", "-c", 'printf %s "$1" >/etc/resolv.conf', "sh", text],
      });
    await write("nameserver 127.0.0.1\n");
    return { [Symbol.asyncDispose]: async () => void await write("") };
  }

  /** Packs the image that is loaded and saved, once for all rounds. */
  async makeImage(): Promise<void> {
    const { archive, bytes } = BIG_IMAGE;
    for (const host of Object.values(this.#hosts)) {
      await host.run({ argv: ["mkdir", "-p", "/root/bench"] });
      await host.run({
        argv: ["/kini/tests/bench/image", archive, String(bytes)],
      });
    }
  }

  async removeImage(): Promise<void> {
    for (const host of Object.values(this.#hosts)) {
      await host.attempt({ argv: ["docker", "rmi", "-f", BIG_IMAGE.name] });
      await host.attempt({ argv: ["rm", "-rf", "/root/bench"] });
    }
  }

  async removeClusters(): Promise<void> {
    for (const host of Object.values(this.#hosts)) {
      const argv = ["kind", "delete", "cluster", "--name", CLUSTER];
      await host.attempt({ argv });
    }
  }

  #host(name: string): Host {
    const host = this.#hosts[name];
    if (!host) throw new RangeError(`no host ${name}`);
    return host;
  }
}

function options(argv: readonly string[]): Options {
  const found: Options = {
    rounds: 20,
    clusters: false,
    images: false,
    only: /./,
  };
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--clusters") found.clusters = true;
    else if (word === "--images") found.images = true;
    else if (word === "--rounds") found.rounds = Number(words.shift());
    else if (word === "--only") found.only = new RegExp(words.shift() ?? "");
    else throw new SyntaxError(USAGE);
  }
  if (!(found.rounds >= 1)) throw new SyntaxError(USAGE);
  return found;
}

const say = (text: string) => Deno.stderr.write(new TextEncoder().encode(text));

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function main(argv: readonly string[]): Promise<void> {
  const { rounds, clusters, images, only } = options(argv);
  await using incus = new Host("incus");
  await using docker = new Host("docker");
  const bench = new Bench({ incus, docker }, rounds);
  const empty = await exists(EMPTY) ? `/kini/${EMPTY}` : undefined;
  const chosen = cases(empty).filter((one) =>
    only.test(one.name) && (clusters || one.size !== "cluster") &&
    (images || one.size !== "image")
  );
  await bench.prepare();
  if (chosen.some(({ size }) => size === "image")) await bench.makeImage();
  const lines = [...HEAD];
  try {
    for (const one of chosen) {
      await say(`bench: ${one.name}\n`);
      if (one.size === "cluster") {
        await bench.removeClusters();
        await using _refusing = await bench.refuseLookups();
        lines.push(...rows(one, await bench.measure(one)));
      } else {
        lines.push(...rows(one, await bench.measure(one)));
      }
    }
  } finally {
    await bench.clean();
    if (images) await bench.removeImage();
  }
  await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    await say(`bench: ${error instanceof Error ? error.message : error}\n`);
    Deno.exit(1);
  }
}
