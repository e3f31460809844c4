/**
 * The tests of `kini doctor` on one host: each check is shown failing, and
 * mended by what is printed for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { checks } from "../../../commands/kini/doctor/checks.ts";
import { lab, lines } from "../lab.ts";
import { daemonChecks, showDaemonFaults } from "./daemon_faults.ts";
import { complaints, type DoctorHost, type Fault } from "./doctor_host.ts";
import { machineFaults } from "./machine_faults.ts";
import { programFaults } from "./program_faults.ts";
import { projectFaults } from "./project_faults.ts";
import { serverFaults } from "./server_faults.ts";
import { storageFaults } from "./storage_faults.ts";

/** What the test of `--fix` shows. */
const MENDED_BY_FIX = ["network-ipv6", "network-dns"];

/** What is about one host. */
export interface HostFaults {
  /** Faults that only its server can have. */
  more: readonly Fault[];
  /** Checks that can't fail on it, and why. */
  never: Readonly<Record<string, string>>;
}

/** Registers the tests. */
export function showDoctor(host: DoctorHost, { more, never }: HostFaults) {
  const faults = [
    ...programFaults,
    ...serverFaults,
    ...more,
    ...projectFaults,
    ...storageFaults,
    ...machineFaults,
  ];

  Deno.test(`${host.name}: kini doctor finds nothing where nothing is wrong`, async () => {
    const own = await host.lacksRoom();
    const healthy = await host.examine();
    assert.deepEqual(complaints(healthy), own);
    assert.deepEqual(
      healthy.checks.filter(({ level }) => level === "unknown"),
      [],
    );
    if (own.length === 0) {
      assert.deepEqual([healthy.level, healthy.code], ["ok", 0]);
    }
    // What the machine really leaves to the lab.
    const bare = await host.examine("", "");
    const list = await host.sh("cat /sys/fs/cgroup/cgroup.controllers");
    const all = ["cpu", "cpuset", "memory", "pids"].every((one) =>
      list.trim().split(" ").includes(one)
    );
    assert.deepEqual(
      complaints(bare).filter((one) => !own.includes(one)),
      all ? [] : ["cgroup failure"],
    );
  });

  Deno.test(`${host.name}: every check of kini doctor is shown failing`, () => {
    const shown = new Set([
      ...faults.flatMap(({ finds }) => finds.map((one) => one.split(" ")[0])),
      ...daemonChecks,
      ...MENDED_BY_FIX,
      ...Object.keys(never),
    ]);
    assert.deepEqual(
      checks.map(({ name }) => name).filter((name) => !shown.has(name)),
      [],
      "these checks need a fault in tests/e2e/doctor, or a reason why there is none",
    );
  });

  for (const fault of faults) {
    const { finds, found } = fault;
    const what = found ? `: ${found.source}` : "";
    Deno.test(`${host.name}: kini doctor: ${finds.join(", ")}${what}`, async () => {
      try {
        await host.show(fault);
      } finally {
        if (fault.host) await host.heal();
      }
    });
  }

  Deno.test(`${host.name}: kini doctor --fix mends what is safe, and says what it did`, async () => {
    const before = await host.sh("$client network get $bridge ipv6.address");
    await host.sh(
      "$client network set $bridge ipv6.address=none dns.mode=none",
    );
    try {
      assert.deepEqual(
        complaints(await host.examine()).filter((one) =>
          one.startsWith("network")
        ),
        ["network-ipv6 warning", "network-dns warning"],
      );
      const { stdout, stderr } = await lab(
        ["kini", "doctor", "--fix", "--yes"],
        { host: host.name },
      );
      for (
        const said of [
          /^network-ipv6: \w+ network set \w+ ipv6\.address=auto ipv6\.nat=true$/m,
          /^network-dns: \w+ network set \w+ dns\.mode=managed$/m,
        ]
      ) {
        assert.match(stderr, said);
      }
      assert.equal(
        lines(stdout).filter((one) => /checks:/.test(one)).length,
        2,
      );
      assert.deepEqual(
        complaints(await host.examine()),
        await host.lacksRoom(),
      );
    } finally {
      await host.sh(
        `$client network set $bridge ipv6.address=${before.trim()} ipv6.nat=true dns.mode=`,
      );
    }
  });

  Deno.test(`${host.name}: kini doctor: a server that is down, silent, or started badly`, async () => {
    await showDaemonFaults(host);
  });
}
