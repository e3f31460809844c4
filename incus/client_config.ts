/**
 * The client configuration of Incus and LXD: `config.yml`.
 *
 * @see https://linuxcontainers.org/incus/docs/main/remotes/
 * @module
 */
import type { ConfigPlace } from "./config_files.ts";
import { readConfig } from "./config_files.ts";
import { isMapping, type Mapping, parseMapping } from "./yaml_mapping.ts";

/** One remote, as it is written down. */
export interface ConfiguredRemote {
  /** Addresses to try, in order: `unix://…`, `https://…`. */
  addresses: string[];
  /** `incus`, `lxd`, or one that serves images only. */
  protocol: string;
  /** `tls`, `oidc` or empty. */
  authType: string;
  project: string;
  public: boolean;
}

/** One configuration, the user's over the machine's. */
export interface ClientConfig extends ConfigPlace {
  /** The folder with certificates and keys. */
  folder: string;
  /** False when there is no file: only `local` is known. */
  exists: boolean;
  defaultRemote: string;
  remotes: Map<string, ConfiguredRemote>;
}

/** The remote that is always there. */
export const LOCAL = "local";

/**
 * Reads a configuration; one that isn't there is empty.
 *
 * @throws {SyntaxError} when a file is not what the tools of Incus or LXD write.
 */
export async function readClientConfig(
  place: ConfigPlace,
): Promise<ClientConfig> {
  const { file, globalFolder } = place;
  const [own, shared] = await Promise.all([
    readParsed(file),
    readParsed(`${globalFolder}/config.yml`),
  ]);
  const remotes = new Map<string, ConfiguredRemote>();
  for (const [name, value] of [...entries(shared), ...entries(own)]) {
    remotes.set(name, remoteFrom(value));
  }
  if (!remotes.has(LOCAL)) remotes.set(LOCAL, remoteFrom({ addr: "unix://" }));
  return {
    ...place,
    folder: file.replace(/\/[^/]*$/, ""),
    exists: own !== undefined,
    defaultRemote: text(own?.["default-remote"]) || LOCAL,
    remotes,
  };
}

/** Whether a remote is a server that can run instances. */
export function isServer(
  { protocol, public: open }: ConfiguredRemote,
): boolean {
  return /^(|incus|lxd)$/.test(protocol) && !open;
}

async function readParsed(file: string): Promise<Mapping | undefined> {
  const content = await readConfig(file);
  if (content === undefined) return undefined;
  try {
    return parseMapping(content);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read the client configuration "${file}": ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
}

function entries(config: Mapping | undefined): [string, Mapping][] {
  const { remotes } = config ?? {};
  return isMapping(remotes)
    ? Object.entries(remotes).filter((entry): entry is [string, Mapping] =>
      isMapping(entry[1])
    )
    : [];
}

function remoteFrom(value: Mapping): ConfiguredRemote {
  const listed = text(value.addr).split(",").map((one) => one.trim())
    .filter((one) => one !== "");
  const last = text(value.last_working_address);
  const addresses = listed.includes(last)
    ? [last, ...listed.filter((one) => one !== last)]
    : listed;
  return {
    addresses,
    protocol: text(value.protocol),
    authType: text(value.auth_type),
    project: text(value.project),
    public: value.public === true,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
