/**
 * Commands that mend, as the system of this machine takes them. They work as
 * they are when they are pasted.
 *
 * @module
 */
import { shellWord } from "./check.ts";
import type { Facts } from "./facts.ts";

/** Programs that install packages, and how each is called. */
const INSTALLERS: Readonly<Record<string, string>> = {
  "apt-get": "apt-get install -y",
  dnf: "dnf install -y",
  zypper: "zypper --non-interactive install",
  pacman: "pacman -S --noconfirm --needed",
  apk: "apk add",
};

/** What {@link installPackages} knows, in the order in which it is looked for. */
export const INSTALLER_NAMES: readonly string[] = Object.keys(INSTALLERS);

/** `sudo `, unless the user is root already. */
export function sudo({ root }: Facts): string {
  return root ? "" : "sudo ";
}

/** Nothing where no known program installs packages. */
export function installPackages(facts: Facts, names: string[]): string[] {
  const command = INSTALLERS[facts.machine?.installer ?? ""];
  return command ? [`${sudo(facts)}${command} ${names.join(" ")}`] : [];
}

/** A newer release of the server, where it is on this machine. */
export function upgradeServer(facts: Facts, product: string): string[] {
  if (!facts.machine) return [];
  if (serviceOf(facts) === "snap") return [`${sudo(facts)}snap refresh lxd`];
  const lists = facts.machine.installer === "apt-get"
    ? [`${sudo(facts)}apt-get update`]
    : [];
  const upgrade = installPackages(facts, [product]);
  return upgrade.length > 0 ? [...lists, ...upgrade] : [];
}

/** The server's service: the one that answers, or would, if it ran. */
function serviceOf({ connection, machine }: Facts): string {
  const { state, socket } = connection;
  const [installed] = machine?.services ?? [];
  if (state === "absent" && installed) return installed;
  if (/\/snap\//.test(socket)) return "snap";
  return /lxd/.test(socket) ? "lxd" : "incus";
}

/** By what this machine starts services with. */
export function startServer(facts: Facts, verb = "start"): string[] {
  const become = sudo(facts);
  const service = serviceOf(facts);
  if (service === "snap") return [`${become}snap ${verb} lxd`];
  if (facts.machine?.init !== "scripts") {
    return [`${become}systemctl ${verb} ${service}`];
  }
  return facts.machine.scripts.includes(service)
    ? [`${become}/etc/init.d/${service} ${verb}`]
    : [];
}

/** A server where there is none. */
export function installServer(facts: Facts): string[] {
  const install = installPackages(facts, ["incus"]);
  return install.length > 0
    ? [...install, `${sudo(facts)}incus admin init --auto`]
    : [];
}

/** Membership in the group that may use the server's socket. */
export function joinGroup(facts: Facts, group: string): string[] {
  const { memberOf = [], user } = facts.machine ?? {};
  // Who is in the group since a moment ago needs a new session.
  if (memberOf.includes(group)) return [`newgrp ${group}`];
  return [
    `sudo usermod -aG ${group} ${user ? shellWord(user) : '"$USER"'}`,
    `newgrp ${group}`,
  ];
}

/** Now and after the next boot. */
export function setSysctls(
  facts: Facts,
  values: Readonly<Record<string, string | number>>,
): string[] {
  const become = sudo(facts);
  const words = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return [
    `${become}sysctl -w ${words.join(" ")}`,
    `printf '%s\\n' ${words.join(" ")} | ` +
    `${become}tee -a /etc/sysctl.d/90-kini.conf`,
  ];
}

/** Now and after the next boot. */
export function loadModules(facts: Facts, names: readonly string[]): string[] {
  const become = sudo(facts);
  const list = facts.machine?.init === "scripts"
    ? "/etc/modules"
    : "/etc/modules-load.d/kini.conf";
  return [
    `${become}modprobe -a ${names.join(" ")}`,
    `printf '%s\\n' ${names.join(" ")} | ${become}tee -a ${list}`,
  ];
}

/** A parameter of the kernel, where GRUB starts it as Debian and Ubuntu have it. */
export function bootWith(facts: Facts, parameter: string): string[] {
  if (!facts.machine?.grub) return [];
  const become = sudo(facts);
  return [
    `${become}mkdir -p /etc/default/grub.d`,
    `echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${parameter}"' | ` +
    `${become}tee /etc/default/grub.d/kini.cfg`,
    `${become}update-grub`,
    `${become}reboot`,
  ];
}
