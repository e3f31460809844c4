# shellcheck shell=bash disable=SC2034
# Canonical LXD 5.0 as a stranger has it after `lxd init --auto`: no OCI containers.

packages=(lxd lxd-client skopeo dnsmasq-base)
state=(/var/lib/lxd)

start() {
  serve lxd lxd --group sudo
}

ready() {
  initialised lxc lxd
}
