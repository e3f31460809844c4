#!/bin/bash
# Gives up root before the command runs, as the entrypoint of Envoy's images does. The command writes its logs by the
# paths of its outputs, so they have to be its user's.
set -o errexit -o nounset

if [[ $(id -u) != 0 || ${ENVOY_UID:-} == 0 ]]; then exec "$@"; fi
chown envoy:envoy /dev/stdout /dev/stderr
exec setpriv --reuid envoy --regid envoy --init-groups -- "$@"
