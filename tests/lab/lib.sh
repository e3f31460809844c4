# shellcheck shell=bash
# What every script of the lab shares. Sourced, never run.

KINI_LAB_DIR=${KINI_LAB_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kini-lab}
export KINI_LAB_DIR
LAB_SRC=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
LAB_REPO=$(cd -- "$LAB_SRC/../.." && pwd -P)

say() { printf 'lab: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# Runs a command while holding the lock NAME. The descriptor is named "lock_fd"
# so that whoever starts a daemon below it can close it.
with_lock() { # NAME CMD...
  local name=$1 lock_fd status=0
  shift
  mkdir -p "$KINI_LAB_DIR/lock"
  exec {lock_fd}>"$KINI_LAB_DIR/lock/$name"
  flock "$lock_fd"
  "$@" || status=$?
  exec {lock_fd}>&-
  return "$status"
}

# Runs a noisy command with its output in a log file; shows the end of it on failure.
logged() { # NAME CMD...
  local log=$KINI_LAB_DIR/log/$1.log
  shift
  mkdir -p "$KINI_LAB_DIR/log"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    die "failed: $* (all of it in $log)"
  fi
}

# One word for the contents of files and strings: the key of a cached thing.
hash_of() { sha256sum | cut -c1-16; }

as_root_only() { [[ $(id -u) == 0 ]] || die "the lab needs root"; }
