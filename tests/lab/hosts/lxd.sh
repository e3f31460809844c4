# shellcheck shell=bash disable=SC2034
# Canonical LXD 5.0 as a stranger has it after `lxd init --auto`: no OCI containers.
# Sourced twice: outside to build the root, and inside by the host's init.

packages=(lxd lxd-client skopeo dnsmasq-base)
state=(/var/lib/lxd)
kini_first=yes

# The mount hook of lxcfs fails on many kernels, so lxcfs isn't started and its directory stays empty.
prepare() { # ROOT
  grep -qs '^root:' "$1/etc/subuid" || echo root:1000000:1000000000 >>"$1/etc/subuid"
  grep -qs '^root:' "$1/etc/subgid" || echo root:1000000:1000000000 >>"$1/etc/subgid"
}

start() {
  serve lxd lxd --group sudo
}

ready() {
  lxd waitready --timeout 60
  if [[ -z $(lxc storage list --format csv) ]]; then lxd init --auto; fi
}
