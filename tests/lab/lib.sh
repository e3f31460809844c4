# shellcheck shell=bash
# What every script of the lab shares. Sourced, never run.

KINI_LAB_DIR=${KINI_LAB_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/kini-lab}
export KINI_LAB_DIR
LAB_SRC=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034
LAB_REPO=$(cd -- "$LAB_SRC/../.." && pwd -P)

say() { printf 'lab: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

as_root_only() { [[ $(id -u) == 0 ]] || die "the lab needs root"; }

# Runs a command with `set -e` in force, which `if` and `||` would take away from it; its code is in $status.
try() { # CMD...
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
}

# Runs a command while holding the lock NAME.
with_lock() { # NAME CMD...
  local name=$1 fd status
  shift
  mkdir -p "$KINI_LAB_DIR/lock"
  exec {fd}>"$KINI_LAB_DIR/lock/$name"
  flock "$fd"
  try "$@"
  exec {fd}>&-
  return "$status"
}

# Runs a noisy command with its output in a log file; shows the end of it on failure.
logged() { # NAME CMD...
  local log=$KINI_LAB_DIR/log/$1.log status
  shift
  mkdir -p "$KINI_LAB_DIR/log"
  try "$@" >"$log" 2>&1 </dev/null
  if ((status != 0)); then
    tail -n 30 "$log" >&2
    die "failed: $* (all of it in $log)"
  fi
}

# The key of a cached thing: one word for all that comes in on stdin.
hash_of() { sha256sum | cut -c1-16; }

# True when FILE holds exactly the line KEY.
has_key() { # FILE KEY
  [[ -e $1 && $(<"$1") == "$2" ]]
}
