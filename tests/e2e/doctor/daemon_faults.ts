/**
 * Faults of the server's process, each mended by what starts it again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Answer, complaints, type DoctorHost } from "./doctor_host.ts";

/** The checks that these show. */
export const daemonChecks = ["server", "network", "subid-ranges"];

/**
 * Takes the server through them. The lab keeps its server running, so what
 * starts it again is held meanwhile, and takes over at the end.
 */
export async function showDaemonFaults(host: DoctorHost): Promise<void> {
  const own = await host.lacksRoom();
  const daemon = host.service === "lxd" ? "lxd" : "incusd";
  const pid = (await host.sh(`cat /run/lab/${daemon}.pid`)).trim();
  const keeper = (await host.sh(`ps -o ppid= -p ${pid}`)).trim();
  const script = `/etc/init.d/${host.service}`;
  /** Sees what is wrong, and gives what is printed for it. */
  const findings = async (wanted: Record<string, RegExp>) => {
    const answer = await host.examine(UNPRIVILEGED);
    const sick = complaints(answer).filter((one) => !own.includes(one));
    assert.deepEqual(sick, Object.keys(wanted).map((one) => `${one} failure`));
    for (const [name, found] of Object.entries(wanted)) {
      assert.match(named(answer, name).found, found);
    }
    assert.equal(answer.code, 1);
    return (name: string) => named(answer, name).fix.join("\n");
  };
  const isWell = async () =>
    assert.deepEqual(complaints(await host.examine(UNPRIVILEGED)), own);
  try {
    // It ends as when it is stopped, and takes its socket along. The script
    // that starts it raises limits, which a machine may forbid to the lab.
    await host.sh(`
      echo 'ulimit() { :; }' >${NO_LIMITS}
      kill -STOP ${keeper}
      kill ${pid}
      while [ -e $folder/unix.socket ]; do sleep 0.05; done`);
    const gone = await findings({ server: /no such socket/ });
    await host.sh(gone("server"));
    await isWell();

    // Killed, and then it starts without its network and without identities.
    await host.sh(`
      pid=$(cat /run/$service.pid)
      kill -KILL $pid
      while [ -d /proc/$pid ]; do sleep 0.05; done
      cp /etc/sub[ug]id /run/lab
      sed -i /^root:/d /etc/subuid /etc/subgid
      mount --bind /dev/null /usr/sbin/dnsmasq`);
    const subid = /^root has no range of 65536 in \/etc\/subuid and/;
    const down = await findings({
      server: /connection refused/,
      "subid-ranges": subid,
    });
    await host.sh(down("server"));
    const started = await findings({
      network: / is unavailable$/,
      "subid-ranges": subid,
    });
    assert.equal(started("network"), `${script} restart`);
    // Which is the last of these two as well.
    await host.sh(`
      umount /usr/sbin/dnsmasq
      ${started("subid-ranges")}`);
    await isWell();

    await host.sh("kill -STOP $(cat /run/$service.pid)");
    const silent = await findings({ server: /no answer in \d+ seconds/ });
    // What stops it waits ten seconds for one that hangs. This one comes to.
    await host.sh(`
      pid=$(cat /run/$service.pid)
      { ${silent("server")}; } &
      until grep -q '^ShdPnd:.*4...$' /proc/$pid/status; do sleep 0.05; done
      kill -CONT $pid
      wait $!`);
    await isWell();
  } finally {
    await host.sh(`
      mountpoint -q /usr/sbin/dnsmasq && umount /usr/sbin/dnsmasq
      if [ -e /run/lab/subuid ]; then mv /run/lab/sub[ug]id /etc; fi
      kill -CONT $(cat /run/$service.pid) || true
      ${script} stop || true
      rm -f ${NO_LIMITS}
      kill -CONT ${keeper}
      while [ "$(cat /run/lab/${daemon}.pid)" = ${pid} ]; do sleep 0.05; done
      if [ $service = lxd ]; then lxd waitready --timeout 60; else incus admin waitready --timeout 60; fi`);
  }
}

/** Read by every script in /etc/init.d. */
const NO_LIMITS = "/lib/lsb/init-functions.d/90-kini-lab";
const UNPRIVILEGED = "export KINI_UNPRIVILEGED=true";

function named({ checks }: Answer, wanted: string) {
  return checks.find(({ name }) => name === wanted)!;
}
