/**
 * Faults of the user's shell: its programs and its variables.
 *
 * @module
 */
import type { Fault } from "./doctor_host.ts";

/** The same with every server. */
export const programFaults: readonly Fault[] = [
  {
    finds: ["docker-command warning"],
    found: /\/mnt\/bin\/docker \(Docker version 26/,
    shell: "stand_in docker 'echo Docker version 26.1.5+dfsg1, build a72d7cd'",
  },
  {
    finds: ["docker-command warning"],
    found: /no docker in PATH/,
    shell: `
      ln -s "$(readlink -f "$(command -v kini)")" bin/kini
      ln -s "$(command -v kind)" bin/kind
      PATH=/mnt/bin:/usr/sbin:/usr/bin`,
  },
  {
    // The real kind, from where kind's site would be.
    finds: ["kind-command failure"],
    found: /no kind in PATH/,
    shell: `
      mkdir -p site/dl/v0.33.0
      cp "$(command -v kind)" "site/dl/v0.33.0/kind-linux-$(dpkg --print-architecture)"
      PATH=/mnt/bin:/opt/kini/bin:/usr/local/bin:/usr/sbin:/usr/bin
      echo 127.0.0.3 kind.sigs.k8s.io >>/etc/hosts
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj /CN=kind.sigs.k8s.io -keyout key -out request 2>/dev/null
      openssl x509 -req -in request -CA /lab/tls/ca.crt -CAkey /lab/tls/ca.key \
        -CAserial serial -CAcreateserial -out certificate 2>/dev/null \
        -extfile <(echo subjectAltName=DNS:kind.sigs.k8s.io)
      cd site
      serve ACCEPT openssl s_server -accept 127.0.0.3:443 -WWW \
        -cert ../certificate -key ../key
      cd ..`,
  },
  {
    finds: ["kind-command failure"],
    found: /v0\.19\.0/,
    shell: `
      mkdir new
      ln -s "$(command -v kind)" new/kind
      stand_in kind 'echo kind v0.19.0 go1.20.4 linux/amd64'
      # Only what fetches the new one is stood in for: the fault before has it for real.
      stand_in curl 'cp -L /mnt/new/kind kind'`,
  },
  {
    finds: ["kind-provider failure"],
    shell: "export KIND_EXPERIMENTAL_PROVIDER=podman",
  },
  {
    finds: ["settings failure"],
    found: /^KINI_UNPRIVILEGED is "perhaps": .*; KINI_NETWORK is "a b": /,
    shell: "export KINI_UNPRIVILEGED=perhaps KINI_NETWORK='a b'",
  },
  {
    finds: ["proxy warning"],
    shell: "export HTTP_PROXY=http://proxy.invalid:3128",
  },
];
