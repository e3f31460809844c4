/**
 * Addresses of other machines in the certificate of the Kubernetes API.
 *
 * @module
 */

/** Where kind writes the configuration, by `exec -i NODE cp /dev/stdin FILE`. */
const KUBEADM_CONFIG = "/kind/kubeadm.conf";

/** Bytes of a configuration that are looked at. */
const LIMIT = 1024 * 1024;

/** Whether the command takes kubeadm's configuration on its input. */
export function takesKubeadmConfig(command: readonly string[]): boolean {
  const [program, source, target] = command;
  return program === "cp" && source === "/dev/stdin" &&
    target === KUBEADM_CONFIG && command.length === 3;
}

/**
 * Adds a host to the names that the API server's certificate is made for.
 * kind lists 127.0.0.1 only, so that nobody who reaches the API at the server's
 * address would trust it. Text without such a list stays as it is.
 */
export function addCertificateName(config: string, host: string): string {
  const name = JSON.stringify(host);
  return config
    .replace(
      /^([ \t]*)certSANs:[ \t]*\n([ \t]*)- /gm,
      (_, indent: string, inner: string) =>
        `${indent}certSANs:\n${inner}- ${name}\n${inner}- `,
    )
    .replace(
      /^([ \t]*certSANs:[ \t]*)\[/gm,
      (_, start: string) => `${start}[${name}, `,
    );
}

/** The input of such a command, with the hosts added; other input is as it was. */
export async function withCertificateName(
  read: (buffer: Uint8Array) => Promise<number | null>,
  hosts: readonly string[],
): Promise<(buffer: Uint8Array) => Promise<number | null>> {
  const buffer = new Uint8Array(64 * 1024);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  while (size <= LIMIT) {
    const count = await read(buffer);
    if (count === null) break;
    pieces.push(buffer.slice(0, count));
    size += count;
  }
  const all = new Uint8Array(await new Blob(pieces).arrayBuffer());
  const edited = hosts.reduceRight(
    addCertificateName,
    new TextDecoder().decode(all),
  );
  let rest = size > LIMIT ? all : new TextEncoder().encode(edited);
  return (target) => {
    if (rest.length === 0) return read(target);
    const count = Math.min(target.length, rest.length);
    target.set(rest.subarray(0, count));
    rest = rest.subarray(count);
    return Promise.resolve(count);
  };
}
