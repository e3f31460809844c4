# shellcheck shell=bash
# shellcheck disable=SC2016 # single quotes: what is in them is for another shell
# The images of the lab: OCI layouts in $KINI_LAB_DIR/images, pushed to the registry. Sourced, never run.

# Layout, tag and name in the registry of every image.
image_list() {
  cat <<'LIST'
busybox 1.37 docker.io/library/busybox:1.37
busybox latest docker.io/library/busybox:latest
debian trixie-slim docker.io/library/debian:trixie-slim
test 1 docker.io/kini/test:1
node v1.35.0 docker.io/kindest/node:v1.35.0
node v20260820-69b56db7 docker.io/kindest/base:v20260820-69b56db7
node v20250214-acbabc1a docker.io/kindest/base:v20250214-acbabc1a
haproxy v20230606-42a2262b docker.io/kindest/haproxy:v20230606-42a2262b
envoy v1.36.2 docker.io/envoyproxy/envoy:v1.36.2
LIST
}

busybox_rootfs() { # DIR
  local applet
  mkdir -p "$1"/{bin,dev,etc,home,proc,root,sys,tmp,usr/bin,usr/sbin,var/www}
  chmod 700 "$1/root"
  chmod 1777 "$1/tmp"
  cp "$(tool_root)/bin/busybox" "$1/bin/busybox"
  for applet in $("$1/bin/busybox" --list); do
    if [[ $applet != busybox ]]; then ln -s busybox "$1/bin/$applet"; fi
  done
  ln -s ../../bin/env "$1/usr/bin/env"
  cat >"$1/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
PASSWD
  cat >"$1/etc/group" <<'GROUP'
root:x:0:
daemon:x:1:
tty:x:5:
www-data:x:33:
nogroup:x:65534:
GROUP
}

# An image of one layer from the root file system of rootfs.
new_image() { # NAME TAG ROOTFS [UMOCI-CONFIG-OPTION...]
  local layout=$KINI_LAB_DIR/images/$1.new tag=$2 rootfs=$3
  shift 3
  tar -C "$rootfs" --numeric-owner --sort=name -cf "$layout.tar" .
  in_root "$(tool_root)" sh -eu -c '
    layout=$1 tag=$2
    shift 2
    umoci init --layout "$layout"
    umoci new --image "$layout:$tag"
    umoci raw add-layer --image "$layout:$tag" "$layout.tar"
    umoci config --image "$layout:$tag" --os linux --architecture amd64 \
      --config.env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
    sh "$layout" "$tag" "$@"
  rm -rf "$layout.tar" "$rootfs"
}

make_busybox() {
  local rootfs=$KINI_LAB_DIR/images/busybox.rootfs
  rm -rf "$rootfs"
  busybox_rootfs "$rootfs"
  new_image busybox 1.37 "$rootfs" --config.cmd sh
  in_root "$(tool_root)" umoci tag --image "$KINI_LAB_DIR/images/busybox.new:1.37" latest
}

# What an image's configuration can say, all of it in one image.
make_test() {
  local rootfs=$KINI_LAB_DIR/images/test.rootfs
  rm -rf "$rootfs"
  busybox_rootfs "$rootfs"
  echo 'app:x:1000:1000:app:/home/app:/bin/sh' >>"$rootfs/etc/passwd"
  echo 'app:x:1000:' >>"$rootfs/etc/group"
  install -d -o 1000 -g 1000 "$rootfs/home/app" "$rootfs/app"
  new_image test 1 "$rootfs" --config.user 1000:1000 --config.workingdir /app --config.env FOO=bar \
    --config.entrypoint /bin/sh --config.entrypoint -c \
    --config.cmd 'echo started; exec sleep 1000000' --config.label org.example.test=yes \
    --config.exposedports 80/tcp --config.stopsignal SIGTERM
}

make_debian() {
  local rootfs=$KINI_LAB_DIR/images/debian.rootfs
  rm -rf "$rootfs"
  cp -a --reflink=auto "$(base_root trixie)" "$rootfs"
  rm -rf "$rootfs"/usr/share/{doc,man,locale,info}/* "$rootfs"/var/cache/apt/* \
    "$rootfs"/var/lib/apt/lists/* "$rootfs"/var/log/*.log "${rootfs:?}"/dev/*
  : >"$rootfs/etc/apt/sources.list"
  new_image debian trixie-slim "$rootfs" --config.cmd bash
}

# The stand-in for kind's node image has a directory and a script of its own.
make_node() {
  "$LAB_SRC/node-image/build" "$KINI_LAB_DIR/images/node.new"
}

# The tree of a server with the stand-in for the kubeadm images, which is made of the node image.
make_kubeadm() {
  "$LAB_SRC/kubeadm-image/build" "$KINI_LAB_DIR/images/kubeadm.new"
}

# The two load balancers of kind's clusters: the real haproxy, and a stand-in for Envoy.
make_haproxy() {
  local rootfs=$KINI_LAB_DIR/images/haproxy.rootfs
  "$LAB_SRC/load-balancer/build" haproxy "$rootfs"
  new_image haproxy v20230606-42a2262b "$rootfs" --config.stopsignal SIGUSR1 --config.entrypoint haproxy \
    --config.entrypoint -W --config.entrypoint -db \
    --config.entrypoint -f --config.entrypoint /etc/lab.cfg \
    --config.entrypoint -f --config.entrypoint /usr/local/etc/haproxy/haproxy.cfg
}

make_envoy() {
  local rootfs=$KINI_LAB_DIR/images/envoy.rootfs
  "$LAB_SRC/load-balancer/build" envoy "$rootfs"
  new_image envoy v1.36.2 "$rootfs" --config.entrypoint /docker-entrypoint.sh \
    --config.cmd envoy --config.cmd -c --config.cmd /etc/envoy/envoy.yaml --config.exposedports 10000/tcp
}

files_key() { # DIR...
  find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | cut -d' ' -f1
}

image_key() { # NAME
  {
    case $1 in
      node) files_key "$LAB_SRC/node-image" ;;
      kubeadm) files_key "$LAB_SRC"/{node,kubeadm}-image ;;
      haproxy | envoy)
        files_key "$LAB_SRC/load-balancer"
        declare -f new_image "make_$1"
        ;;
      *) declare -f new_image busybox_rootfs "make_$1" ;;
    esac
  } | hash_of
}

# Makes an image unless it is there; its key is in $KINI_LAB_DIR/images/NAME.key.
make_image() { # NAME
  local name=$1 layout=$KINI_LAB_DIR/images/$1 key
  key=$(image_key "$name")
  if has_key "$layout.key" "$key"; then return; fi
  say "making image $name"
  rm -rf "$layout.new"
  mkdir -p "$KINI_LAB_DIR/images"
  logged "image-$name" "make_$name"
  rm -rf "$layout"
  mv "$layout.new" "$layout"
  echo "$key" >"$layout.key"
}

make_images() {
  side_by_side make_strand "busybox test debian haproxy envoy" "node kubeadm"
  rm -rf "$KINI_LAB_DIR"/images/load-balancer.root*
}

# Images one after the other, since each needs what an earlier one has made.
make_strand() { # NAMES
  local name names
  read -r -a names <<<"$1"
  for name in "${names[@]}"; do make_image "$name"; done
}

# Pushes what the registry has not got; the hosts share its storage.
push_images() { # HOST
  local host=$1 pushed=$KINI_LAB_DIR/registry.pushed layout tag name key
  mkdir -p "$pushed"
  while read -r layout tag name; do
    if [[ ! -e $KINI_LAB_DIR/images/$layout.key ]]; then continue; fi
    key=$(<"$KINI_LAB_DIR/images/$layout.key")
    if has_key "$pushed/$layout-$tag" "$key"; then continue; fi
    say "pushing $name"
    logged "push-$layout" "$LAB_SRC/lab" run "$host" skopeo --insecure-policy copy \
      "oci:/images/$layout:$tag" "docker://$name"
    echo "$key" >"$pushed/$layout-$tag"
  done < <(image_list)
}

# Has a host take in all images of the registry, by its own fetch_image().
fetch_images() { # HOST
  local layout name
  while read -r layout _ name; do
    if [[ ! -e $KINI_LAB_DIR/images/$layout.key ]]; then continue; fi
    logged "fetch-$1" "$LAB_SRC/lab" run "$1" /lab/fetch "$name"
  done < <(image_list)
}
