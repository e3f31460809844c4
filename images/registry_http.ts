import {
  readSystemCertificates,
  type SystemTrustOptions,
} from "./system_trust.ts";
import type { UnverifiedTls } from "./unverified_tls.ts";

/** What {@linkcode RegistryHttp} reads with. */
export interface RegistryHttpOptions extends SystemTrustOptions {
  /** The names in a folder; none when there is no such folder. */
  listFolder: (path: string) => Promise<string[]>;
}

/** A certificate that shows who asks, and its key; PEM. */
interface ClientCertificate {
  cert: string;
  key: string;
}

/**
 * Connections to registries, each as trusting as the user has it: the system's
 * CAs, what `certs.d` has for a registry, or none at all.
 *
 * @see https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md
 */
export class RegistryHttp {
  readonly #options: RegistryHttpOptions;
  readonly #open = new Map<string, Promise<typeof fetch>>();
  readonly #toClose: { close(): void }[] = [];
  #system: Promise<string[]> | undefined;

  constructor(options: RegistryHttpOptions) {
    this.#options = options;
  }

  /** A `fetch` for a registry and for where it sends on to. */
  fetchFor(host: string, insecure: boolean): Promise<typeof fetch> {
    const key = `${host} ${insecure}`;
    let one = this.#open.get(key);
    if (!one) this.#open.set(key, one = this.#make(host, insecure));
    return one;
  }

  /** Closes all connections; nothing can be fetched any more. */
  close(): void {
    for (const one of this.#toClose.splice(0)) one.close();
  }

  async #make(host: string, insecure: boolean): Promise<typeof fetch> {
    this.#system ??= readSystemCertificates(this.#options);
    const system = await this.#system;
    const { cas, client: shown } = await this.#certificatesOf(host);
    const others = this.#client(system);
    const own = cas.length > 0 || shown
      ? this.#client([...system, ...cas], shown)
      : others;
    const unverified = insecure ? await this.#unverified(host) : undefined;
    return (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.host !== new URL(`https://${host}`).host) {
        return fetch(url, { ...init, client: others });
      }
      return unverified && url.protocol === "https:"
        ? unverified.fetch(url, init)
        : fetch(url, { ...init, client: own });
    };
  }

  #client(caCerts: string[], shown?: ClientCertificate): Deno.HttpClient {
    const client = Deno.createHttpClient({ caCerts, ...shown });
    this.#toClose.push(client);
    return client;
  }

  async #unverified(host: string): Promise<UnverifiedTls> {
    const { openUnverifiedTls } = await import("./unverified_tls.ts");
    const tls = await openUnverifiedTls(host);
    this.#toClose.push(tls);
    return tls;
  }

  /** The first folder that there is for a registry, as docker and podman look. */
  async #certificatesOf(
    host: string,
  ): Promise<{ cas: string[]; client?: ClientCertificate }> {
    const { env, listFolder, readTextFile } = this.#options;
    const home = env("HOME");
    const config = env("XDG_CONFIG_HOME") || (home && `${home}/.config`);
    const places = [
      ...(config ? [`${config}/containers`] : []),
      "/etc/containers",
      "/etc/docker",
    ];
    for (const place of places) {
      const folder = `${place}/certs.d/${host}`;
      const names = (await listFolder(folder)).sort();
      if (names.length === 0) continue;
      const read = async (ending: string) =>
        await Promise.all(
          names.filter((name) => name.endsWith(ending))
            .map((name) => readTextFile(`${folder}/${name}`)),
        );
      const [cas, [cert], [key]] = [
        await read(".crt"),
        await read(".cert"),
        await read(".key"),
      ];
      return { cas, ...(cert && key && { client: { cert, key } }) };
    }
    return { cas: [] };
  }
}
