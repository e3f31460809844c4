/**
 * Faults of disks, and what earlier runs left on them.
 *
 * @module
 */
import type { Fault } from "./doctor_host.ts";

/** A project whose containers are on a pool of its own, which `mount` makes the folder of. */
const pool = (mount: string): Pick<Fault, "host" | "undo"> => ({
  host: `
    mkdir -p /srv/doctor/{lower,upper,work,room}
    ${mount}
    mkdir /srv/doctor/room/{pool,cache}
    $client storage create doctor dir source=/srv/doctor/room/pool
    $client project create doctor
    $client profile device add default root disk path=/ pool=doctor --project doctor
    $client profile device add default eth0 nic network=$bridge name=eth0 --project doctor`,
  undo: `
    $client --project doctor image list -f csv -c f |
      xargs -r $client --project doctor image delete
    $client project delete doctor
    $client storage delete doctor
    umount /srv/doctor/room
    rm -rf --one-file-system /srv/doctor`,
});

/** An image that nothing else on the host has. */
const IMAGE = `
  skopeo copy -q docker://docker.io/library/busybox:1.37 \
    docker-archive:image.tar:docker.io/library/doctor:1`;

/** Both servers can have them. */
export const storageFaults: readonly Fault[] = [
  {
    finds: ["storage-driver failure"],
    ...pool(
      "mount -t overlay -o lowerdir=/srv/doctor/lower,upperdir=/srv/doctor/upper,workdir=/srv/doctor/work overlay /srv/doctor/room",
    ),
    shell: "export KINI_PROJECT=doctor",
  },
  {
    // Enough room, but for an image.
    finds: ["storage-space warning"],
    ownDisk: true,
    ...pool(
      "mount -t tmpfs -o size=$((10 * 2 ** 30 + 2 ** 20)) tmpfs /srv/doctor/room",
    ),
    shell: `
      export KINI_PROJECT=doctor KINI_CACHE=/srv/doctor/room/cache
      ${IMAGE}
      docker load -i image.tar`,
  },
  {
    finds: ["image-store warning"],
    found: /open to others: mode 755$/,
    shell: "mkdir -p ~/.cache/kini/images",
  },
  {
    finds: ["image-store warning"],
    found: / free in /,
    host: `
      mkdir -p /srv/doctor
      mount -t tmpfs -o size=$((3 * 2 ** 30 + 2 ** 20)) tmpfs /srv/doctor`,
    shell: `
      export KINI_CACHE=/srv/doctor/cache
      ${IMAGE}
      docker load -i image.tar`,
    undo: "umount /srv/doctor; rmdir /srv/doctor",
  },
  {
    finds: ["unstarted-containers warning"],
    found: /: doctor-left$/,
    shell: "docker create --name doctor-left busybox:1.37 true",
    undo: "docker ps -aq | xargs -r docker rm -f",
  },
  {
    // A load that is killed when half of the image has come.
    finds: ["unfinished-images warning"],
    found: /^1 in \/mnt\/home\/\.cache\/kini\/images$/,
    shell: `
      ${IMAGE}
      mkfifo pipe
      docker load <pipe &
      exec 9>pipe
      head -c 100000 image.tar >&9
      until compgen -G "$HOME/.cache/kini/images/ingest/*"; do sleep 0.02; done
      kill -KILL $!
      exec 9>&-
      wait $! || true`,
  },
  {
    // A load that was cut off between the image and its name.
    finds: ["unfinished-images warning"],
    found: /^without a name on the server: \w{12}$/,
    host:
      "$client project create k8s -c features.images=true -c features.profiles=false",
    shell: `
      export KINI_PROJECT=k8s
      ${IMAGE}
      docker load -i image.tar
      docker create --name doctor-left doctor:1 true
      docker rm doctor-left
      $client --project k8s image alias list -f csv | cut -d, -f1 |
        xargs -n 1 $client --project k8s image alias delete`,
    undo: `
      docker ps -aq | KINI_PROJECT=k8s xargs -r docker rm -f
      $client --project k8s image list -f csv -c f |
        xargs -r $client --project k8s image delete
      $client project delete k8s`,
  },
];
