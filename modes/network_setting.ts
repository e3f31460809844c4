/**
 * `KINI_NETWORK`: another network of the server for containers than that of
 * the default profile, or another profile.
 *
 * @module
 */
import type { IncusClient } from "../incus/client.ts";
import { IncusError } from "../incus/errors.ts";
import type { Device, Network, Profile } from "../incus/types.ts";

const VARIABLE = "KINI_NETWORK";
const DEFAULT_PROFILE = "default";

/** What containers are made with. */
export interface NetworkSetting {
  /** The profile of new instances. */
  readonly profile: string;
  /** The server's network in place of the profile's; empty for the profile's own. */
  readonly network: string;
}

/** The profile's network device. */
export interface ProfileDevice {
  /** Its name in the profile, by which an instance's own device replaces it. */
  readonly name: string;
  readonly device: Device;
}

/**
 * Reads `KINI_NETWORK`: a network's name, or `profile:NAME`.
 *
 * @throws {RangeError} for what can be neither.
 */
export function parseNetworkSetting(text: string | undefined): NetworkSetting {
  if (!text) return { profile: DEFAULT_PROFILE, network: "" };
  const [, prefix, name = ""] = /^(profile:)?(.*)$/s.exec(text) ?? [];
  if (!/^[^\s/:]+$/.test(name)) {
    throw new RangeError(
      `${VARIABLE} is ${JSON.stringify(text)}: use the name of a network of ` +
        'the server, or "profile:" and the name of a profile, or unset it',
    );
  }
  return prefix
    ? { profile: name, network: "" }
    : { profile: DEFAULT_PROFILE, network: name };
}

/** Whether instances get another profile than they would by themselves. */
export function hasOwnProfile({ profile }: NetworkSetting): boolean {
  return profile !== DEFAULT_PROFILE;
}

/**
 * The name of the server's network that containers get; empty when the server
 * manages none that the profile has.
 *
 * @throws {RangeError} when the setting names a network that can't be used.
 */
export async function configuredNetwork(
  client: IncusClient,
  networks: readonly Network[],
  setting: NetworkSetting,
): Promise<string> {
  const managed = networks.filter((one) => one.managed);
  if (setting.network) {
    const found = networks.find(({ name }) => name === setting.network);
    if (found?.managed) return found.name;
    throw new RangeError(
      found
        ? `${VARIABLE} is ${JSON.stringify(setting.network)}, which the ` +
          "server doesn't manage: name a profile that has it, as " +
          `${VARIABLE}=profile:NAME, or another network`
        : `${VARIABLE} is ${JSON.stringify(setting.network)}, and the server ` +
          `has no such network: ${choices(managed)}`,
    );
  }
  const [first = "", ...more] = usedBy(client, managed, setting.profile);
  if (first && more.length === 0) return first;
  if (!first && !hasOwnProfile(setting)) return "";
  const device = await profileDevice(client, setting);
  const name = device?.device.network ?? device?.device.parent ?? "";
  return managed.some((one) => one.name === name) ? name : first;
}

/**
 * The first network device of the setting's profile.
 *
 * @throws {RangeError} when the setting names a profile that isn't there.
 */
export async function profileDevice(
  client: IncusClient,
  setting: NetworkSetting,
): Promise<ProfileDevice | undefined> {
  const path = `/1.0/profiles/${encodeURIComponent(setting.profile)}`;
  let profile: Profile;
  try {
    profile = await client.get<Profile>(path);
  } catch (error) {
    if (!hasOwnProfile(setting)) return undefined;
    if (!(error instanceof IncusError) || error.status !== 404) throw error;
    const profiles = await client.get<Profile[]>("/1.0/profiles", {
      query: { recursion: "1" },
    });
    throw new RangeError(
      `${VARIABLE} is "profile:${setting.profile}", and the server has no ` +
        `such profile: ${choices(profiles)}`,
      { cause: error },
    );
  }
  const name = Object.keys(profile.devices).sort()
    .find((one) => profile.devices[one]!.type === "nic");
  return name ? { name, device: profile.devices[name]! } : undefined;
}

function choices(ones: readonly { name: string }[]): string {
  const names = ones.map(({ name }) => name).sort();
  return names.length === 0
    ? "unset it"
    : `use one of ${names.join(", ")}, or unset it`;
}

/** The networks that a profile has, of this project where it has its own. */
function usedBy(
  client: IncusClient,
  networks: readonly Network[],
  profile: string,
): string[] {
  const project = client.remote.project ?? "default";
  const urls = new Map<string, string[]>();
  for (const network of networks) {
    for (const url of network.used_by ?? []) {
      const { pathname, searchParams } = new URL(url, "http://server");
      if (pathname !== `/1.0/profiles/${encodeURIComponent(profile)}`) continue;
      const owner = searchParams.get("project") ?? "default";
      urls.set(owner, [...urls.get(owner) ?? [], network.name]);
    }
  }
  return urls.get(project) ?? urls.get("default") ?? [];
}
