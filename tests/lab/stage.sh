#!/bin/bash
# stage.sh HOST - from a fresh set of namespaces to the host's init. It runs twice as the same process:
# first to enter a cgroup of its own, then, in a namespace of that cgroup, to build the mounts.
set -euo pipefail

host=$1
dir=$KINI_LAB_DIR/hosts/$host
root=$dir/root
mount=$KINI_LAB_DIR/run/cgroup

# The controllers that this kernel gives to cgroup v2, which may be almost none.
delegate() { # GROUP
  local controller
  for controller in $(<"$1/cgroup.controllers"); do
    echo "+$controller" 2>/dev/null >"$1/cgroup.subtree_control" || :
  done
}

if [[ ${2:-} != mounts ]]; then
  # /proc is still the machine's, so this is the PID that nsenter needs; with its start time it is unique.
  read -r -a stat </proc/self/stat
  mkdir -p "$mount"
  mount -t cgroup2 cgroup2 "$mount"
  group=$mount/kini-lab/$host.${stat[0]}
  mkdir -p "$group"
  delegate "$mount"
  delegate "$mount/kini-lab"
  echo 0 >"$group/cgroup.procs"
  umount "$mount"
  printf '%s %s %s\n' "${stat[0]}" "${stat[21]}" "$KINI_LAB_FIRST" >"$KINI_LAB_DIR/run/$host.starting"
  exec unshare --cgroup -- bash "${BASH_SOURCE[0]}" "$host" mounts
fi

into() { # SOURCE PATH [OPTIONS]
  mkdir -p "$1" "$root$2"
  mount --bind "$1" "$root$2"
  if [[ -n ${3:-} ]]; then mount -o "remount,bind,$3" "$root$2"; fi
}

mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mkdir -p sys/fs/cgroup/init.scope
echo 0 >sys/fs/cgroup/init.scope/cgroup.procs
delegate sys/fs/cgroup
mount -t securityfs securityfs sys/kernel/security 2>/dev/null || :
mount --rbind /dev dev
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
into "$LAB_REPO" /kini ro
into "$KINI_LAB_DIR/share" /share
into "$KINI_LAB_DIR/images" /images ro
into "$KINI_LAB_DIR/log/$host" /lab/log
into "$KINI_LAB_DIR/registry" /lab/registry
into "$KINI_LAB_DIR/tls" /lab/tls ro
for path in /root $KINI_LAB_STATE; do into "$dir/state$path" "$path"; done

hostname "lab-$host"
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  /lab/init
