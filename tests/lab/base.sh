# shellcheck shell=bash
# shellcheck disable=SC2016 # single quotes: what is in them is for another shell
# Debian root file systems: the pristine ones, and running apt in a copy. Sourced, never run.

# What the machine itself must have; all of it is in Debian 12.
prerequisites() {
  local missing=() pair
  for pair in debootstrap:debootstrap unshare:util-linux nsenter:util-linux flock:util-linux ip:iproute2; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  ((${#missing[@]} == 0)) && return
  say "installing ${missing[*]} on this machine"
  logged prerequisites apt-get update
  logged prerequisites env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# The machine's own Debian mirror, however its sources are written.
mirror() {
  local codename site
  # shellcheck disable=SC1091
  codename=$(. /etc/os-release && printf %s "${VERSION_CODENAME:-}")
  site=$(apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' | awk -v c="$codename" '$2 == c && $3 == "main" { print $1; exit }')
  [[ -n $site ]] || die "no Debian mirror in this machine's apt sources"
  printf '%s\n' "${site%/}"
}

# Prints the path of a minbase root of SUITE. It is shared: copy it, never change it.
base_root() { # SUITE
  local suite=$1 root=$KINI_LAB_DIR/base/$1
  [[ -e $root.ready ]] || with_lock "base-$suite" make_base "$suite" >&2
  printf '%s\n' "$root"
}

make_base() { # SUITE
  local suite=$1 root=$KINI_LAB_DIR/base/$1 include=() site
  [[ ! -e $root.ready ]] || return 0
  with_lock apt prerequisites
  site=$(mirror)
  [[ $site != https:* ]] || include=(--include=ca-certificates)
  say "bootstrapping Debian $suite"
  rm -rf "$root" "$root.new"
  mkdir -p "$root.new" "$KINI_LAB_DIR/apt/debootstrap"
  logged "base-$suite" debootstrap --variant=minbase "${include[@]}" \
    --cache-dir="$KINI_LAB_DIR/apt/debootstrap" "$suite" "$root.new" "$site"
  rm -f "$root.new"/etc/{resolv.conf,hostname}
  mv "$root.new" "$root"
  : >"$root.ready"
}

# Runs a command in a root with /proc, /dev, the caches of apt and $KINI_LAB_DIR, in mounts of its own.
in_root() { # ROOT CMD...
  unshare --mount --propagation private -- bash "$LAB_SRC/in_root.sh" "$@"
}

# A copy of the trixie base that knows trixie-backports and sid, for apt to work in.
# Packages come from trixie unless a suite is named with them ("umoci/trixie-backports").
new_root() { # ROOT
  local root=$1 base site
  base=$(base_root trixie)
  site=$(mirror)
  rm -rf "$root"
  mkdir -p "$(dirname "$root")"
  cp -a --reflink=auto "$base" "$root"
  printf 'deb %s %s main\n' "$site" trixie >"$root/etc/apt/sources.list"
  printf 'deb [check-valid-until=no] %s %s main\n' "$site" trixie-backports "$site" sid \
    >>"$root/etc/apt/sources.list"
  printf 'Package: *\nPin: release n=sid\nPin-Priority: 1\n' >"$root/etc/apt/preferences.d/lab"
  {
    apt-config dump | grep -iE '^Acquire::https?::.*Proxy' || :
    printf '%s;\n' 'APT::Install-Recommends "false"' 'Acquire::Languages "none"' \
      'Binary::apt::APT::Keep-Downloaded-Packages "true"' 'APT::Keep-Downloaded-Packages "true"' \
      'APT::Sandbox::User "root"' 'Acquire::Retries "3"'
  } >"$root/etc/apt/apt.conf.d/99lab"
  rm -f "$root/etc/apt/apt.conf.d/docker-clean"
  printf 'force-unsafe-io\n' >"$root/etc/dpkg/dpkg.cfg.d/lab"
  printf 'path-exclude=/usr/share/%s/*\n' doc man locale >>"$root/etc/dpkg/dpkg.cfg.d/lab"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
}

# The lists of packages are fetched once and shared by all roots. Nobody may fetch them while others install by them.
update_lists() { # ROOT
  [[ ! -e $KINI_LAB_DIR/apt/lists.ready ]] || return 0
  say "fetching the lists of packages"
  with_lock lists logged apt-update in_root "$1" apt-get update
  : >"$KINI_LAB_DIR/apt/lists.ready"
}

# Installs packages in a root; where the lists have aged, fetches them anew and tries once more.
install_in() { # ROOT PACKAGE...
  local status
  try install_once "$@"
  if ((status == 0)); then return; fi
  rm -f "$KINI_LAB_DIR/apt/lists.ready"
  install_once "$@"
}

# Roots share what is downloaded, so one downloads at a time; they install at the same time.
install_once() { # ROOT PACKAGE...
  local root=$1
  shift
  with_lock apt download "$root" "$@"
  with_lock -s lists logged "install-$(basename "$(dirname "$root")")" in_root "$root" \
    apt-get -o Debug::NoLocking=true install -y --no-install-recommends --no-download "$@"
}

download() { # ROOT PACKAGE...
  local root=$1
  shift
  update_lists "$root"
  logged apt-download in_root "$root" apt-get install -y --no-install-recommends --download-only "$@"
}

# Prints the path of the tool root: skopeo and umoci of versions that Debian 12 has not.
tool_root() {
  local key
  key=$(declare -p tool_packages | hash_of)
  has_key "$KINI_LAB_DIR/tools/key" "$key" || with_lock tools make_tools "$key" >&2
  printf '%s\n' "$KINI_LAB_DIR/tools/root"
}

tool_packages=(skopeo umoci/trixie-backports jq openssl ca-certificates busybox-static)

make_tools() { # KEY
  local root=$KINI_LAB_DIR/tools/root
  if has_key "$KINI_LAB_DIR/tools/key" "$1"; then return; fi
  new_root "$root"
  say "installing ${tool_packages[*]}"
  install_in "$root" "${tool_packages[@]}"
  echo "$1" >"$KINI_LAB_DIR/tools/key"
}

# Unpacks one package, fetched from SUITE, without installing it.
unpack_deb() { # SUITE PACKAGE DEST
  local tools
  tools=$(tool_root)
  with_lock apt unpack_locked "$tools" "$@"
}

unpack_locked() {
  local tools=$1 suite=$2 package=$3 dest=$4 work
  work=$(mktemp -d "$KINI_LAB_DIR/apt/unpack.XXXXXX")
  logged "download-$package-$suite" in_root "$tools" \
    sh -c 'cd "$1" && apt-get download "$2"' sh "$work" "$package/$suite"
  mkdir -p "$dest"
  dpkg-deb -x "$work"/*.deb "$dest"
  rm -rf "$work"
}
