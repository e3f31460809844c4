/**
 * Faults of the server itself, and of what it works with.
 *
 * @module
 */
import type { Fault } from "./doctor_host.ts";

/** A newer package is there: the server that really runs. */
const UPGRADE = `stand_in apt-get '[ "$1" != install ] || real_server'`;

/** What both servers can have. */
export const serverFaults: readonly Fault[] = [
  {
    // As a user who may do nothing yet: sudo is real but for its password.
    finds: ["server failure"],
    found: /permission denied, join the group sudo$/,
    shell: `
      useradd --create-home --base-dir /mnt --shell /bin/bash ada
      install -m 4755 /usr/bin/setpriv become
      stand_in sudo 'exec /mnt/become --reuid=0 --regid=0 --clear-groups "$@"'
      ada() { (cd ada && HOME=/mnt/ada exec setpriv --reuid=ada --regid=ada --init-groups "$@"); }
      doctor() { ada kini doctor --json; }
      paste() {
        { cat /mnt/fix; echo 'kini doctor --json >answer; echo $? >code'; } | ada bash
        doctor() { cat ada/answer; return "$(<ada/code)"; }
      }`,
  },
  {
    finds: ["server failure"],
    found: /no such socket/,
    shell: "export KINI_SOCKET=/srv/unix.socket",
  },
  {
    finds: ["server-version failure"],
    found: / 0\.7$/,
    shell: `changed_server version=0.7; ${UPGRADE}`,
  },
  {
    finds: ["server-extensions failure"],
    found: /^missing: proxy_udp$/,
    shell: `changed_server without=proxy_udp; ${UPGRADE}`,
  },
  {
    finds: ["clock warning"],
    found: /is 3(?:599|600|601) seconds behind/,
    shell: "changed_server ahead=-3600; stand_in timedatectl real_server",
  },
  {
    finds: ["mode failure"],
    found: /KINI_MODE is "ocl"/,
    shell: "export KINI_MODE=ocl",
  },
  {
    // Nobody listens at the image server's address.
    finds: ["image-server warning"],
    shell: `
      export KINI_MODE=lxc
      sed 's/^127.0.0.2 /127.0.0.9 /' /etc/hosts >hosts
      cp hosts /etc/hosts`,
  },
  {
    finds: ["image-server failure"],
    shell: `
      export KINI_MODE=lxc KINI_LXC_IMAGES=kubeadm
      export KINI_IMAGE_SERVER=https://127.0.0.9/capn`,
  },
];

/** What only a server with OCI containers can have. */
export const ociFaults: readonly Fault[] = [
  {
    finds: ["oci-tools warning"],
    found: /^not found: skopeo$/,
    shell: `
      mount --bind /dev/null /usr/bin/skopeo
      # There are no packages to fetch: the program comes back.
      stand_in apt-get 'test "$*" = "install -y skopeo"; umount /usr/bin/skopeo'`,
  },
];

/** What only a server without OCI containers can have. */
export const lxcFaults: readonly Fault[] = [
  {
    finds: ["mode failure"],
    found: /has no OCI containers/,
    shell: "export KINI_MODE=oci",
  },
];
