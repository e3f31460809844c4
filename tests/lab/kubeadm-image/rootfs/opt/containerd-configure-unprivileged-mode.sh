#!/bin/sh
# Chooses containerd's settings: in a user namespace /proc is not root's.
set -eu
case $(stat -c %u:%g /proc) in
  0:0) config=config.default.toml ;;
  *) config=config.unprivileged.toml ;;
esac
ln -sf "$config" /etc/containerd/config.toml
