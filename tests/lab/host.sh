# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154 # single quotes are for another shell; the names come from hosts/*.sh
# Hosts: building, starting and stopping them. Sourced, never run.
# A host is a file hosts/NAME.sh with a list of packages, its state directories and its daemon. It is read after
# server.sh, outside to build the root, and inside, as one file with it, by the host's init.

registry_names=(docker.io registry-1.docker.io index.docker.io auth.docker.io registry.k8s.io)
streams_name=images.linuxcontainers.org
common_packages=(
  docker-registry iptables nftables iproute2 iputils-ping ca-certificates curl jq openssl procps
  kmod kubectl python3 xz-utils zstd strace
)

host_names() {
  local file
  for file in "$LAB_SRC"/hosts/*.sh; do basename "$file" .sh; done
}

# Sets packages, state, kini_first and the functions of a host.
load_host() { # HOST
  [[ -e $LAB_SRC/hosts/$1.sh ]] || die "no host \"$1\"; there are: $(host_names | tr '\n' ' ')"
  # shellcheck source=server.sh
  . "$LAB_SRC/server.sh"
  # shellcheck source=/dev/null
  . "$LAB_SRC/hosts/$1.sh"
}

# Prints the PID of a running host's init.
host_pid() { # HOST
  local pid start stat
  read -r pid start _ 2>/dev/null <"$KINI_LAB_DIR/run/$1" || return 1
  read -r -a stat 2>/dev/null <"/proc/$pid/stat" || return 1
  [[ ${stat[21]} == "$start" ]] || return 1
  printf '%s\n' "$pid"
}

# A CA of the lab's own and a certificate for the names of the registry.
make_tls() {
  local dir=$KINI_LAB_DIR/tls tools key
  key=$(hash_of <<<"${registry_names[*]}")
  if has_key "$dir/key" "$key"; then return; fi
  tools=$(tool_root)
  mkdir -p "$dir"
  say "making a certificate for the registry"
  logged tls in_root "$tools" sh -eu -c '
    cd "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
      -subj "/CN=kini lab CA" -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
      -subj "/CN=docker.io" -keyout server.key -out server.csr
    printf "subjectAltName=%s\n" "$2" >server.ext
    openssl x509 -req -days 3650 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
      -extfile server.ext -out server.crt' sh "$dir" "$(printf 'DNS:%s,' "${registry_names[@]}")IP:127.0.0.1"
  echo "$key" >"$dir/key"
}

# A certificate of the same CA for the image server of the kubeadm images.
make_streams_tls() {
  local dir=$KINI_LAB_DIR/tls
  if [[ $dir/streams.crt -nt $dir/ca.crt ]]; then return; fi
  logged tls-streams in_root "$(tool_root)" sh -eu -c '
    cd "$1"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
      -subj "/CN=$2" -keyout streams.key -out streams.csr
    printf "subjectAltName=DNS:%s\n" "$2" >streams.ext
    openssl x509 -req -days 3650 -in streams.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
      -extfile streams.ext -out streams.crt' sh "$dir" "$streams_name"
}

# The kind program of VERSION, out of SUITE's package.
fetch_kind() { # VERSION SUITE
  local dest=$KINI_LAB_DIR/kind/$1
  if [[ -x $dest/kind ]]; then return; fi
  say "fetching kind $1"
  unpack_deb "$2" kind "$dest.deb"
  mkdir -p "$dest"
  mv "$dest.deb/usr/bin/kind" "$dest/kind"
  rm -rf "$dest.deb"
  [[ $("$dest/kind" --version) == "kind version $1."* ]] || say "Debian $2 has another version than kind $1"
}

build_host() { # HOST
  local host=$1 dir=$KINI_LAB_DIR/hosts/$1 root=$KINI_LAB_DIR/hosts/$1/root key
  load_host "$host"
  with_lock tls make_tls
  key=$({
    declare -p packages common_packages
    declare -f build_host new_root prepare
    cat "$KINI_LAB_DIR/tls/ca.crt"
  } | hash_of)
  if has_key "$dir/key" "$key"; then return; fi
  stop_host "$host"
  with_lock kind fetch_kind 0.33 sid
  with_lock kind fetch_kind 0.27 trixie
  rm -f "$dir/key"
  new_root "$root"
  say "installing ${packages[*]}"
  install_in "$root" "${common_packages[@]}" "${packages[@]}"
  cp "$KINI_LAB_DIR/tls/ca.crt" "$root/usr/local/share/ca-certificates/kini-lab.crt"
  logged ca-certificates in_root "$root" update-ca-certificates
  mkdir -p "$root/opt/kini/bin" "$root/lab"
  cp -a "$KINI_LAB_DIR/kind" "$root/opt/kind"
  {
    echo "127.0.0.1 localhost"
    echo "::1 localhost ip6-localhost"
    echo "127.0.1.1 lab-$host"
    echo "127.0.0.1 ${registry_names[*]}"
  } >"$root/etc/hosts"
  echo "lab-$host" >"$root/etc/hostname"
  : >"$root/etc/resolv.conf"
  prepare "$root"
  echo "$key" >"$dir/key"
}

# Makes /opt/kini/bin/docker and kini in a host's root name the binary of $KINI_BIN.
link_kini() { # ROOT
  local bin=${KINI_BIN:-$LAB_REPO/dist/kini} target
  if [[ $bin == "$LAB_REPO"/* ]]; then
    target=/kini/${bin#"$LAB_REPO"/}
  else
    install -D "$bin" "$KINI_LAB_DIR/share/kini"
    target=/share/kini
  fi
  ln -sfn "$target" "$1/opt/kini/bin/docker"
  ln -sfn "$target" "$1/opt/kini/bin/kini"
}

start_host() { # HOST
  local host=$1 dir=$KINI_LAB_DIR/hosts/$1 run=$KINI_LAB_DIR/run/$1 log=$KINI_LAB_DIR/log/$1 i
  load_host "$host"
  mkdir -p "$log" "$KINI_LAB_DIR/run"
  with_lock tls make_streams_tls
  if ! grep -q "$streams_name" "$dir/root/etc/hosts"; then echo "127.0.0.2 $streams_name" >>"$dir/root/etc/hosts"; fi
  install -m 755 "$LAB_SRC"/{init,ready,fetch,streams} "$dir/root/lab/"
  install -m 644 "$LAB_SRC/registry.yml" "$dir/root/lab/"
  cat "$LAB_SRC/server.sh" "$LAB_SRC/hosts/$host.sh" >"$dir/root/lab/host.sh"
  rm -f "$run" "$run.starting"
  say "starting host $host"
  (
    # Nothing that the caller has open may stay open for as long as the host lives.
    exec </dev/null >"$log/host.log" 2>&1
    cd /
    for fd in /proc/"$BASHPID"/fd/*; do
      fd=${fd##*/}
      if ((fd > 2 && fd != 255)); then exec {fd}>&-; fi
    done
    export LAB_REPO KINI_LAB_FIRST=$kini_first KINI_LAB_STATE="${state[*]}"
    exec setsid unshare --mount --net --uts --ipc --pid --fork --propagation private -- \
      bash "$LAB_SRC/stage.sh" "$host"
  ) &
  disown
  for ((i = 0; i < 100; i++)); do
    if [[ -s $run.starting ]]; then break; fi
    sleep 0.05
  done
  # Only a host that got as far as its own root may be entered.
  mv "$run.starting" "$run" 2>/dev/null || host_failed "$host"
  for ((i = 0; i < 100; i++)); do
    if [[ -d /proc/$(host_pid "$host")/root/run/lab ]]; then break; fi
    sleep 0.05
  done
  "$LAB_SRC/lab" run "$host" /lab/ready >"$log/ready.log" 2>&1 </dev/null || host_failed "$host"
}

host_failed() { # HOST
  tail -n 20 "$KINI_LAB_DIR/log/$1"/{host,ready}.log >&2 2>/dev/null
  die "host $1 didn't start; its logs are in $KINI_LAB_DIR/log/$1"
}

# Kills the init of a host; the kernel ends everything in its PID namespace, and the mounts go with them.
stop_host() { # HOST
  local pid i
  if ! pid=$(host_pid "$1"); then return 0; fi
  say "stopping host $1"
  kill -KILL "$pid"
  for ((i = 0; i < 200; i++)); do
    if ! host_pid "$1" >/dev/null; then break; fi
    sleep 0.05
  done
  rm -f "$KINI_LAB_DIR/run/$1"
  remove_cgroups "$1.$pid"
}

# The empty groups that the containers of a host leave behind.
remove_cgroups() { # GROUP
  unshare --mount --propagation private -- bash -c '
    mkdir -p "$1" && mount -t cgroup2 cgroup2 "$1" || exit 0
    find "$1/kini-lab/$2" -depth -type d -exec rmdir {} + 2>/dev/null
    rmdir "$1/kini-lab" 2>/dev/null
    exit 0' bash "$KINI_LAB_DIR/run/cgroup" "$1"
}
