# shellcheck shell=bash
# What every session of the differential test begins with, on either host.

rm -rf /tmp/diff
mkdir -p /tmp/diff/work
cd /tmp/diff/work || exit 1
exec 3>&1

# A call that hangs is a difference, not the end of the session.
docker() {
  timeout --foreground -k 1 30 docker "$@"
}

sweep() {
  docker ps -aq --filter name=diff- | xargs -r docker rm -f -v
  docker ps -aq --filter label=diff-nameless | xargs -r docker rm -f -v
  docker network ls -q --filter name=diff- | xargs -r docker network rm
} >/dev/null 2>&1 </dev/null

trap 'sweep; rm -rf /tmp/diff' EXIT
sweep

# Runs a line of shell and hands out how it ended: a line with the exit code,
# the milliseconds and the sizes of stdout and stderr, then these two.
call() {
  local began=${EPOCHREALTIME/./} code
  eval "$1" >/tmp/diff/out 2>/tmp/diff/err </dev/null 3>&-
  code=$?
  printf '%s %s %s\n' $code $(((${EPOCHREALTIME/./} - began) / 1000)) \
    "$(stat -c %s /tmp/diff/out /tmp/diff/err | tr '\n' ' ')" >&3
  cat /tmp/diff/out /tmp/diff/err >&3
}

# Waits up to ten seconds until a line of shell succeeds.
until_true() {
  local tries
  for tries in {1..200}; do
    if eval "$1" >/dev/null 2>&1; then return; fi
    sleep 0.05
  done
  echo "never true in $tries tries: $1" >&2
  return 1
}

# Where each value of a JSON document stands, and what type it has.
keys() {
  jq -r 'paths as $p | ($p | map(if type == "number" then "[]" else . end) | join(" ")) + " " + (getpath($p) | type)' |
    LC_ALL=C sort -u
}
