# shellcheck shell=bash disable=SC2034
# What the hosts with Incus or LXD have in common. Read before a host's own file, outside and inside, which may say
# otherwise.

state=(/var/lib/incus)
kini_first=yes

# The mount hook of lxcfs fails on many kernels, so lxcfs isn't started and its directory stays empty.
prepare() { # ROOT
  grep -qs '^root:' "$1/etc/subuid" || echo root:1000000:1000000000 >>"$1/etc/subuid"
  grep -qs '^root:' "$1/etc/subgid" || echo root:1000000:1000000000 >>"$1/etc/subgid"
}

start() {
  serve incusd env PATH="$PATH:/usr/libexec/incus" /usr/libexec/incus/incusd --group sudo
}

ready() {
  initialised incus incus admin
}

# Waits for the server, and sets it up as a stranger does.
initialised() { # CLIENT ADMIN...
  local client=$1
  shift
  "$@" waitready --timeout 60
  if [[ -z $("$client" storage list --format csv) ]]; then "$@" init --auto; fi
}

# As the documentation has users do it, where there are OCI containers.
docker_remote() {
  if ! incus remote list --format csv | grep -q '^docker,'; then
    incus remote add docker https://docker.io --protocol=oci
  fi
}
