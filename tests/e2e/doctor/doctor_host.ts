/**
 * `kini doctor` in a host of the lab: what it finds, before and after what it
 * printed was run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { lab, lines, sh } from "../lab.ts";

const WITH_CONTROLLERS = "/kini/tests/lab/with-controllers";

/** One check's answer. */
interface Finding {
  name: string;
  level: string;
  found: string;
  why: string;
  fix: string[];
  safe: boolean;
}

/** What `kini doctor --json` said, and how it exited. */
export interface Answer {
  level: string;
  checks: Finding[];
  code: number;
}

/** Something that is wrong with a host, and how it is made so. */
export interface Fault {
  /** What the doctor finds, as `check level`. */
  finds: readonly string[];
  /** What it says of the first. */
  found?: RegExp;
  /** Done on the host, as its server sees it, with a shell. */
  host?: string;
  /** Done in the user's shell, which sees what is mounted there alone. */
  shell?: string;
  /** Undoes what is done on the host; run whatever happened. */
  undo?: string;
}

/** A host with a server. */
export class DoctorHost {
  /** The server's name, which its service and its folder have too. */
  readonly service: "incus" | "lxd";
  /** Shell variables for what differs between the servers. */
  readonly #variables: string;

  constructor(readonly name: "incus" | "lxd") {
    const isLxd = name === "lxd";
    this.service = name;
    this.#variables = `
      export service=${name} client=${isLxd ? "lxc" : "incus"}
      export bridge=${isLxd ? "lxdbr0" : "incusbr0"} folder=/var/lib/${name}
    `;
  }

  /** Runs a shell script that must succeed, beside the server. */
  sh(script: string): Promise<string> {
    return sh(this.#variables + script, { host: this.name });
  }

  /** Asks the doctor, after a shell was set up for it. */
  async examine(before = "", command = WITH_CONTROLLERS): Promise<Answer> {
    const { stdout, stderr, code } = await lab(
      ["bash", "-c", `${before}\nexec ${command} kini doctor --json`],
      { host: this.name },
    );
    assert.equal(stderr, "");
    return { ...JSON.parse(stdout), code };
  }

  /** Makes a fault, pastes what is printed for it, and returns both answers. */
  async session(
    { host = ":", shell = ":", undo = ":" }: Omit<Fault, "finds">,
  ): Promise<{ sick: Answer; well: Answer }> {
    try {
      await this.sh(host);
      const script = this.#variables + shell;
      const { stdout, stderr, code } = await lab(
        [WITH_CONTROLLERS, "/kini/tests/e2e/doctor/session", script],
        { host: this.name },
      );
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      const [sick, well] = lines(stdout).map((one) => JSON.parse(one));
      return { sick, well };
    } finally {
      await this.sh(undo);
    }
  }

  /** Sees that a fault is found, and is gone once the printed commands ran. */
  async show(fault: Fault): Promise<void> {
    const own = await this.lacksRoom();
    const { sick, well } = await this.session(fault);
    assert.deepEqual(
      complaints(sick).filter((one) => !own.includes(one)),
      fault.finds,
    );
    const [first = ""] = fault.finds;
    const finding = sick.checks.find(({ name }) =>
      name === first.split(" ")[0]
    )!;
    if (fault.found) assert.match(finding.found, fault.found);
    assert.equal(sick.code, fault.finds.some(isFailure) ? 1 : 0);
    assert.deepEqual(complaints(well), own);
    assert.equal(well.code, own.some(isFailure) ? 1 : 0);
  }

  /** What is said where the machine's disk has less room than a user's should. */
  async lacksRoom(): Promise<string[]> {
    const room = await this.sh(
      "df --output=avail -k $folder/storage-pools/default | tail -n 1",
    );
    const free = Number(room) / 2 ** 20;
    if (free >= 10) return [];
    return [free < 3 ? "storage-space failure" : "storage-space warning"];
  }

  /** What the lab's set-up gave the server. */
  async heal(): Promise<void> {
    await this.sh(`
      $client profile show default | grep -q eth0: ||
        $client profile device add default eth0 nic name=eth0 network=$bridge
      $client profile show default | grep -q root: ||
        $client profile device add default root disk path=/ pool=default
    `);
  }
}

/** What is not well, as `name level`; what can't be told rests on another fault. */
export function complaints({ checks }: Answer): string[] {
  return checks.filter(({ level }) =>
    level === "warning" || level === "failure"
  )
    .map(({ name, level }) => `${name} ${level}`);
}

function isFailure(complaint: string): boolean {
  return complaint.endsWith(" failure");
}
