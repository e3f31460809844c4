#!/bin/bash
# in_root.sh ROOT CMD... - run by in_root() of base.sh, already in a mount namespace of its own.
set -euo pipefail

root=$1
shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$KINI_LAB_DIR" "$KINI_LAB_DIR"/apt/{archives/partial,lists/partial}
mount --bind "$KINI_LAB_DIR" "$root$KINI_LAB_DIR"
mount --bind "$KINI_LAB_DIR/apt/archives" "$root/var/cache/apt/archives"
mount --bind "$KINI_LAB_DIR/apt/lists" "$root/var/lib/apt/lists"
if [[ ! -e $root/etc/resolv.conf ]]; then : >"$root/etc/resolv.conf"; fi
mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"

unset TMPDIR SSL_CERT_FILE SSL_CERT_DIR XDG_RUNTIME_DIR XDG_CACHE_HOME XDG_CONFIG_HOME LD_LIBRARY_PATH LD_PRELOAD
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2016
exec chroot "$root" /bin/sh -c 'cd "$1" 2>/dev/null || cd /; shift; exec "$@"' sh "$PWD" "$@"
