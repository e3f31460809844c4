/**
 * What a server says of itself, and what stands on its host: a cell leaves
 * nothing.
 *
 * @module
 */
import { lines } from "../e2e/lab.ts";
import { type Programs, StepError } from "./program.ts";

/** The socket of whichever server the host has, and a way to ask it. */
const API = `
  for server in lxd incus; do
    socket=/var/lib/$server/unix.socket
    if [ -S $socket ]; then break; fi
  done
  api() { curl -sSf --unix-socket $socket "$@"; }
`;

/** Instances, volumes, networks, open ports, contexts of kubectl and files. */
const STATE = `${API}
  api http://x/1.0/instances | jq -r '.metadata[] | "instance " + .'
  api http://x/1.0/storage-pools/default/volumes/custom | jq -r '.metadata[] | "volume " + .'
  api http://x/1.0/profiles | jq -r '.metadata[] | "profile " + .'
  api 'http://x/1.0/networks?recursion=1' | jq -r '.metadata[] | select(.managed) | "network " + .name'
  ss -Hltun | awk '{ print "port " $1 " " $5 }'
  kubectl config get-contexts -o name | sed 's/^/context /'
  find /tmp -mindepth 1 -maxdepth 1 -printf 'file %p\\n'
`;

/** Removes what stands on a host, whoever left it, as far as the server can. */
const CLEAR = `${API}
  docker ps -aq | xargs -r docker rm -f -v || :
  for path in $(api http://x/1.0/instances | jq -r '.metadata[]'); do
    api -X PUT -d '{"action": "stop", "force": true, "timeout": 30}' http://x$path/state |
      jq -r .operation | while read -r operation; do
        api http://x$operation/wait?timeout=60 >/dev/null || :
      done
    api -X DELETE http://x$path | jq -r .operation | while read -r operation; do
      api http://x$operation/wait?timeout=60 >/dev/null || :
    done
  done
  rm -rf /tmp/kini-matrix /root/.kube
`;

/** What the server calls itself, as `incus 7.0.2`. */
export async function serverVersion(host: Programs): Promise<string> {
  const text = await host.sh(
    `${API} api http://x/1.0 | ` +
      `jq -r '.metadata.environment | .server + " " + .server_version'`,
  );
  return text.trim();
}

/** What a node was made of: `kubeadm`, or `kindest` where nothing is said. */
export async function nodeImageKind(
  host: Programs,
  node: string,
): Promise<string> {
  const text = await host.sh(
    `${API} api http://x/1.0/instances/${node} | ` +
      `jq -r '.metadata.config["user.kini.image-kind"] // "kindest"'`,
  );
  return text.trim();
}

/** What stands on the host. */
export async function hostState(host: Programs): Promise<string[]> {
  return [...new Set(lines(await host.sh(STATE)))].sort();
}

/** Removes all containers and foreign instances. */
export async function clearHost(host: Programs): Promise<void> {
  await host.attempt(["bash", "-c", CLEAR]);
}

/**
 * Waits until nothing stands there that didn't before: servers close ports
 * after they have answered.
 *
 * @throws {StepError} Something is left.
 */
export async function awaitState(
  host: Programs,
  before: readonly string[],
): Promise<void> {
  const end = Date.now() + 30_000;
  while (true) {
    const left = (await hostState(host)).filter((one) => !before.includes(one));
    if (left.length === 0) return;
    if (Date.now() > end) throw new StepError(`left: ${left.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
