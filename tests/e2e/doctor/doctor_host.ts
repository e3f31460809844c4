/**
 * `kini doctor` in a host of the lab: what it finds, before and after what it
 * printed was run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { lab, lines, type RunOptions, sh } from "../lab.ts";

const WITH_CONTROLLERS = "/kini/tests/lab/with-controllers";
const SESSION = "/kini/tests/e2e/doctor/session";

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
  /** Its pool is not on the machine's disk, which may have too little room. */
  ownDisk?: true;
  /** Undoes what is done on the host; run whatever happened. */
  undo?: string;
}

/** A host with a server. */
export class DoctorHost {
  /** The server's name, which its service and its folder have too. */
  readonly service: "incus" | "lxd";
  readonly #options: RunOptions;
  #room: Promise<string[]> | undefined;

  constructor(readonly name: "incus" | "lxd") {
    const isLxd = name === "lxd";
    this.service = name;
    // What differs between the servers, for the scripts.
    const env = {
      service: name,
      client: isLxd ? "lxc" : "incus",
      bridge: isLxd ? "lxdbr0" : "incusbr0",
      folder: `/var/lib/${name}`,
    };
    this.#options = { host: name, env };
  }

  /** Runs a shell script that must succeed, beside the server. */
  sh(script: string): Promise<string> {
    return sh(script, this.#options);
  }

  /** Asks the doctor, after a shell was set up for it. */
  async examine(before = "", command = WITH_CONTROLLERS): Promise<Answer> {
    const { stdout, stderr, code } = await lab(
      ["bash", "-c", `${before}\nexec ${command} kini doctor --json`],
      this.#options,
    );
    assert.equal(stderr, "");
    return { ...JSON.parse(stdout), code };
  }

  /** Makes a fault, pastes what is printed for it, and returns both answers. */
  async session(
    { host, shell = "", undo }: Omit<Fault, "finds">,
  ): Promise<{ sick: Answer; well: Answer }> {
    let failed = true;
    try {
      if (host) await this.sh(host);
      const { stdout, stderr, code } = await lab(
        [WITH_CONTROLLERS, SESSION, shell],
        this.#options,
      );
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      const [sick, well] = lines(stdout).map((one) => JSON.parse(one));
      failed = false;
      return { sick, well };
    } finally {
      if (undo) {
        await this.sh(undo).catch((error) => {
          // What isn't there can't be undone, and isn't why the test fails.
          if (!failed) throw error;
        });
      }
    }
  }

  /** Sees that a fault is found, and is gone once the printed commands ran. */
  async show(fault: Fault): Promise<void> {
    const own = fault.ownDisk ? [] : await this.lacksRoom();
    const { sick, well } = await this.session(fault);
    assert.deepEqual(
      complaints(sick).filter((one) => !own.includes(one)),
      fault.finds,
    );
    const found = fault.finds.map((one) =>
      sick.checks.find(({ name }) => name === one.split(" ")[0])!
    );
    for (const { why, fix } of found) assert.ok(why && fix.length > 0);
    if (fault.found) assert.match(found[0]!.found, fault.found);
    assert.equal(sick.code, fault.finds.some(isFailure) ? 1 : 0);
    assert.deepEqual(complaints(well), own);
    assert.equal(well.code, own.some(isFailure) ? 1 : 0);
  }

  /** What is said where the machine's disk has less room than a user's should. */
  lacksRoom(): Promise<string[]> {
    return this.#room ??= this.#roomComplaints();
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

  async #roomComplaints(): Promise<string[]> {
    const room = await this.sh(
      "df --output=avail -k $folder/storage-pools/default | tail -n 1",
    );
    const free = Number(room) / 2 ** 20;
    if (free >= 10) return [];
    return [free < 3 ? "storage-space failure" : "storage-space warning"];
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
