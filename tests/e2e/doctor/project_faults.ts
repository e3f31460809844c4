/**
 * Faults of what containers are made with: project, profile, network.
 *
 * @module
 */
import type { Fault } from "./doctor_host.ts";

const FORGET_PROJECT = "$client project delete k8s";

/** Both servers can have them. */
export const projectFaults: readonly Fault[] = [
  {
    finds: ["project failure"],
    found: /no project "k8s"/,
    shell: "export KINI_PROJECT=k8s",
    undo: FORGET_PROJECT,
  },
  {
    // And then the server agrees that this is all that a node needs.
    finds: [
      "project failure",
      "profile-disk failure",
      "profile-network failure",
    ],
    found: /blocks containers\.nesting, /,
    host:
      "$client project create k8s -c features.images=false -c restricted=true",
    shell: `
      export KINI_PROJECT=k8s
      paste() {
        . /mnt/fix
        docker create --privileged --name doctor-node -p 127.0.0.1::80 \
          -v /tmp:/host busybox:1.37 sleep 1000
        docker rm doctor-node
      }`,
    undo: FORGET_PROJECT,
  },
  {
    finds: ["placement failure"],
    found: /KINI_TARGET is "m1", but the server is not part of a cluster$/,
    shell: "export KINI_TARGET=m1",
  },
  {
    finds: ["profile-disk failure"],
    host: "$client profile device remove default root",
  },
  {
    finds: ["profile-disk failure"],
    found: /no profile "k8s"/,
    shell: "export KINI_NETWORK=profile:k8s",
  },
  {
    finds: ["profile-network failure"],
    host: "$client profile device remove default eth0",
  },
  {
    finds: ["network failure"],
    found: /no network "kinidoctor0"/,
    host: `
      $client profile device remove default eth0
      $client profile device add default eth0 nic nictype=bridged parent=kinidoctor0 name=eth0`,
    undo: `
      $client profile device remove default eth0
      $client profile device add default eth0 nic network=$bridge name=eth0
      $client network delete kinidoctor0`,
  },
  {
    finds: ["network failure"],
    found: /no network "kinidoctor0"/,
    shell: "export KINI_NETWORK=kinidoctor0",
  },
  {
    finds: ["network-ipv4 failure"],
    found: /has no IPv4/,
    host: `
      $client network get $bridge ipv4.address >/run/lab/ipv4
      $client network set $bridge ipv4.address=none`,
    undo: `
      $client network set $bridge ipv4.address="$(cat /run/lab/ipv4)" ipv4.nat=true
      rm /run/lab/ipv4`,
  },
];
