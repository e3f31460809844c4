/**
 * Faults of the kernel and of the system below the server.
 *
 * The kernel is the machine's own, so what is one for all is covered for the
 * session alone, and what the printed commands write goes to the cover. The
 * network's settings are the host's own and are changed for real.
 *
 * @module
 */
import type { Fault } from "./doctor_host.ts";

/** The lab loads no modules: one that is asked for uncovers what it would bring. */
const modprobe = (modules: string, uncover: string) =>
  `stand_in modprobe 'test "$*" = "-a ${modules}"; ${uncover}'`;

/** Both servers can have them. */
export const machineFaults: readonly Fault[] = [
  {
    finds: ["kernel-modules warning"],
    found: /^not loaded: br_netfilter$/,
    shell: `
      mkdir empty
      mount --bind empty /proc/sys/net/bridge
      ${modprobe("br_netfilter", "umount /proc/sys/net/bridge")}`,
  },
  {
    finds: ["inotify warning"],
    found: /^100 instances, 8192 watches/,
    shell: `
      echo 100 | cover /proc/sys/fs/inotify/max_user_instances
      echo 8192 | cover /proc/sys/fs/inotify/max_user_watches`,
  },
  {
    finds: ["ip-forward failure"],
    found: /ip_forward and net\.ipv6\.conf\.all\.forwarding are 0$/,
    host: "sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0",
    undo: "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1",
  },
  {
    finds: ["conntrack warning"],
    found: /^up to 1024 connections$/,
    shell: "echo 1024 | cover /proc/sys/net/netfilter/nf_conntrack_max",
  },
  {
    // The list is with-controllers' cover. The machine boots in the session: its command line is what GRUB was told.
    finds: ["cgroup failure"],
    found: /^v2 without the controllers cpu, cpuset, memory, pids$/,
    shell: `
      echo hugetlb >/sys/fs/cgroup/cgroup.controllers
      touch /etc/default/grub
      stand_in update-grub '. /etc/default/grub.d/kini.cfg; echo "$GRUB_CMDLINE_LINUX" >/mnt/cmdline'
      stand_in reboot '
        grep -qx " *cgroup_no_v1=all" /mnt/cmdline
        echo cpuset cpu io memory hugetlb pids >/sys/fs/cgroup/cgroup.controllers'`,
  },
  {
    // A folder in the place of one, since this kernel has no such file.
    finds: ["apparmor-userns warning"],
    shell: `
      export KINI_UNPRIVILEGED=true
      mkdir kernel
      cp /proc/sys/kernel/osrelease kernel
      echo 1 >kernel/apparmor_restrict_unprivileged_userns
      mount --bind kernel /proc/sys/kernel`,
  },
  {
    finds: ["fuse failure"],
    shell: `
      export KINI_UNPRIVILEGED=true
      mkdir dev
      cp -a /dev/{null,zero,full,random,urandom,tty,fd,stdin,stdout,stderr} dev
      mount --bind dev /dev
      ${modprobe("fuse", "mknod /dev/fuse c 10 229")}`,
  },
];
