#!/bin/sh
# Installs a released kini for the user who runs it; root is not needed.
#
#     curl -fsSL URL/latest/download/install.sh | sh
#     curl -fsSL URL/latest/download/install.sh | sh -s -- --version v1.2.3 --dir ~/bin --links
#
#   --dir FOLDER     where kini goes (default: ~/.local/bin)
#   --version TAG    which release (default: the latest)
#   --links          also docker and kind as links to kini, in FOLDER/../lib/kini
#
# KINI_RELEASES is the URL of the releases, for a copy of them elsewhere.
set -eu

fail() {
  echo "install: $*" >&2
  exit 1
}

usage() {
  cat <<'USAGE'
Usage: install.sh [--dir FOLDER] [--version TAG] [--links]

  --dir FOLDER     where kini goes (default: ~/.local/bin)
  --version TAG    which release (default: the latest)
  --links          also docker and kind as links to kini, in FOLDER/../lib/kini
USAGE
}

# Loads what is at a URL; curl also refuses to be sent to one without encryption.
get() { # URL FILE
  if command -v curl >/dev/null 2>&1; then
    curl --proto "=$scheme" --proto-redir "=$scheme" -fsSL -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -O "$2" "$1"
  else
    fail "there is neither curl nor wget: install one of them"
  fi || fail "cannot download $1"
}

sum_of() { # FILE
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    fail "there is neither sha256sum nor shasum: install one of them"
  fi
}

check_link() { # LINK
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then return; fi
  case $(readlink "$1" || :) in
    kini | */kini) ;;
    *) fail "$1 is not kini's: move it away first" ;;
  esac
}

# All of it is read before anything is done: half a download does nothing.
main() {
  releases=${KINI_RELEASES:-@KINI_RELEASES@}
  dir=${HOME:+$HOME/.local/bin}
  tag=
  links=
  while [ $# -gt 0 ]; do
    case $1 in
      --dir)
        dir=${2:-}
        [ -n "$dir" ] || fail "--dir needs a folder"
        shift
        ;;
      --version)
        tag=${2:-}
        [ -n "$tag" ] || fail "--version needs a tag"
        shift
        ;;
      --links) links=yes ;;
      -h | --help)
        usage
        exit
        ;;
      *) fail "unknown option: $1: --help lists them" ;;
    esac
    shift
  done
  [ -n "$dir" ] || fail "HOME is not set: name a folder with --dir"
  case $dir in
    /*) ;;
    *) dir=$PWD/$dir ;;
  esac
  scheme=https
  case $releases in
    https://*) ;;
    http://127.0.0.1:*)
      [ "${KINI_INSTALL_TEST:-}" = 1 ] || fail "$releases is not https"
      scheme=http
      ;;
    *) fail "KINI_RELEASES has to be an https:// URL of kini's releases" ;;
  esac
  [ "$(uname -s)" = Linux ] || fail "kini runs on Linux only, beside Incus or LXD or with a remote"
  case $(uname -m) in
    x86_64 | amd64) file=kini-linux-x86_64 ;;
    aarch64 | arm64) file=kini-linux-aarch64 ;;
    *) fail "there is no kini for $(uname -m)" ;;
  esac
  [ ! -d "$dir/kini" ] || fail "$dir/kini is a folder: choose another with --dir"
  from=$releases/${tag:+download/$tag}
  from=${from%/}
  [ -n "$tag" ] || from=$releases/latest/download
  if [ -n "$links" ]; then
    folder=$(dirname "$dir")/lib/kini
    check_link "$folder/docker"
    check_link "$folder/kind"
  fi

  temp=$(mktemp -d)
  trap 'rm -rf "$temp" "$dir/.kini.new"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  get "$from/SHA256SUMS" "$temp/SHA256SUMS"
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$file\$/\1/p" "$temp/SHA256SUMS")
  [ -n "$wanted" ] || fail "$from/SHA256SUMS does not list $file"
  echo "Downloading $from/$file" >&2
  get "$from/$file" "$temp/kini"
  sum=$(sum_of "$temp/kini") || exit 1
  [ "$sum" = "$wanted" ] || fail "$from/$file is damaged or was changed: its SHA-256 sum is not the listed one"

  mkdir -p "$dir" || fail "cannot make the folder $dir: choose another with --dir"
  # In one step, so that a kini that runs meanwhile is not torn.
  cp "$temp/kini" "$dir/.kini.new" || fail "cannot write to $dir: choose another folder with --dir"
  chmod 755 "$dir/.kini.new"
  if ! version=$("$dir/.kini.new" version); then
    fail "the downloaded kini does not start on this machine"
  fi
  mv "$dir/.kini.new" "$dir/kini"
  echo "$version is in $dir"
  if [ -n "$links" ]; then
    mkdir -p "$folder"
    ln -sfn "$dir/kini" "$folder/docker"
    ln -sfn "$dir/kini" "$folder/kind"
    echo "To have it as docker and kind: export PATH=\"$folder:\$PATH\""
  else
    echo "Next: $dir/kini doctor"
  fi
}

main "$@"
