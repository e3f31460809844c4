# shellcheck shell=bash disable=SC2034
# Incus 7.5, the newest in Debian, as a stranger has it after `incus admin init --auto`.
# Sourced twice: outside to build the root, and inside by the host's init.

packages=(umoci/trixie-backports skopeo dnsmasq-base)
state=(/var/lib/incus)
kini_first=yes

# Incus comes from experimental, whose lists no other root needs.
# The mount hook of lxcfs fails on many kernels, so lxcfs isn't started and its directory stays empty.
prepare() { # ROOT
  printf 'deb [check-valid-until=no] %s experimental main\n' "$(mirror)" >"$1/etc/apt/sources.list.d/experimental.list"
  rm -f "$KINI_LAB_DIR/apt/lists.ready"
  install_in "$1" incus-base/experimental incus-client/experimental
  grep -qs '^root:' "$1/etc/subuid" || echo root:1000000:1000000000 >>"$1/etc/subuid"
  grep -qs '^root:' "$1/etc/subgid" || echo root:1000000:1000000000 >>"$1/etc/subgid"
}

start() {
  serve incusd env PATH="$PATH:/usr/libexec/incus" /usr/libexec/incus/incusd --group sudo
}

ready() {
  incus admin waitready --timeout 60
  if [[ -z $(incus storage list --format csv) ]]; then incus admin init --auto; fi
  if ! incus remote list --format csv | grep -q '^docker,'; then
    incus remote add docker https://docker.io --protocol=oci
  fi
}
