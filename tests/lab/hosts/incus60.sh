# shellcheck shell=bash disable=SC2034
# Incus 6.0 LTS as a stranger has it after `incus admin init --auto`: no OCI containers.

packages=(incus-base incus-client skopeo dnsmasq-base)
