# shellcheck shell=bash disable=SC1091,SC2034
# Incus 7.5, the newest in Debian, as a stranger has it after `incus admin init --auto`.

packages=(umoci/trixie-backports skopeo dnsmasq-base)

# Incus comes from experimental, whose lists no other root needs.
prepare() { # ROOT
  printf 'deb [check-valid-until=no] %s experimental main\n' "$(mirror)" >"$1/etc/apt/sources.list.d/experimental.list"
  rm -f "$KINI_LAB_DIR/apt/lists.ready"
  install_in "$1" incus-base/experimental incus-client/experimental
  # Then as for all.
  (. "$LAB_SRC/server.sh" && prepare "$1")
}

ready() {
  initialised incus incus admin
  docker_remote
}
