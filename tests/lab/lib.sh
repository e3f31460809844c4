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

# Runs a command while holding the lock NAME; with -s, beside others who hold it so.
with_lock() { # [-s] NAME CMD...
  local how=-x name fd status
  if [[ $1 == -s ]]; then
    how=-s
    shift
  fi
  name=$1
  shift
  mkdir -p "$KINI_LAB_DIR/lock"
  exec {fd}>"$KINI_LAB_DIR/lock/$name"
  flock "$how" "$fd"
  try "$@"
  exec {fd}>&-
  return "$status"
}

# Runs a command once for each word, all at the same time, and waits for all of them. The code is one of a command that
# failed. Whoever ends this script ends them too, and all that they have started.
side_by_side() { # CMD WORD...
  local command=$1 word pid status=0 pids=()
  shift
  # Each gets a process group of its own, to be ended by.
  set -m
  for word; do
    (
      set -e +m
      "$command" "$word"
    ) </dev/null &
    pids+=($!)
  done
  set +m
  # shellcheck disable=SC2064
  trap "end_groups ${pids[*]}; exit 130" INT TERM HUP
  for pid in "${pids[@]}"; do wait "$pid" || status=$?; done
  trap - INT TERM HUP
  return "$status"
}

# Ends process groups of this shell's own; those that take their time are killed.
end_groups() { # PID...
  local pid i
  trap '' INT TERM HUP
  for pid; do kill -TERM -- "-$pid" 2>/dev/null || :; done
  for ((i = 0; i < 100; i++)); do
    for pid; do
      shift
      if kill -0 -- "-$pid" 2>/dev/null; then set -- "$@" "$pid"; fi
    done
    if (($# == 0)); then return 0; fi
    sleep 0.1
  done
  for pid; do kill -KILL -- "-$pid" 2>/dev/null || :; done
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
