# shellcheck shell=bash disable=SC2034
# Incus 7.0 as a stranger has it after `incus admin init --auto`.

packages=(
  incus-base/trixie-backports incus-client/trixie-backports umoci/trixie-backports
  skopeo dnsmasq-base zsh fish
)

ready() {
  initialised incus incus admin
  docker_remote
}
