# shellcheck shell=bash disable=SC2034
# A real Docker Engine: what the `docker` command prints, and how fast it is.

packages=(docker.io docker-cli skopeo)
state=(/var/lib/docker)
kini_first=no

prepare() { :; }

start() {
  serve dockerd dockerd --group sudo
}

ready() {
  local i
  for ((i = 0; i < 300; i++)); do
    if docker version >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  echo "dockerd doesn't answer" >&2
  return 1
}

# The images are there before a test asks, as after `docker pull`.
fetch_image() { # NAME
  docker pull --quiet "$1"
}
