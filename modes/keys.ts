/**
 * The config keys by which kini's instances carry docker's facts.
 *
 * @module
 */

/** Everything of kini's own stands below this. */
export const OWN_PREFIX = "user.kini.";

/** The container's id: 64 hexadecimal digits. Only kini's instances have it. */
export const ID_KEY = `${OWN_PREFIX}id`;

/** What was asked for, as JSON ({@linkcode ContainerRecord}). */
export const RECORD_KEY = `${OWN_PREFIX}container`;

/**
 * The address that kini gave a container, as `10.0.3.7/24`. Only containers in
 * LXC mode have it.
 */
export const ADDRESS_KEY = `${OWN_PREFIX}address`;

/** The IPv6 address that kini gave a container, as `fd42::7/64`. */
export const IPV6_KEY = `${OWN_PREFIX}ipv6`;

/** More names of its network that a container is known under, as JSON. */
export const NAMES_KEY = `${OWN_PREFIX}networks`;

/** What a node in LXC mode is made of: `kubeadm` or `kindest`. */
export const IMAGE_KIND_KEY = `${OWN_PREFIX}image-kind`;

/** On a network: `user.kini.network.NAME` makes it docker's network NAME too. */
export const NETWORK_PREFIX = `${OWN_PREFIX}network.`;

const LABEL_PREFIX = "user.";

/**
 * The config keys that carry labels: label → `user.LABEL`, so that Incus users
 * can filter by them.
 */
export function configForLabels(
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  const config: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    // Incus drops keys without a value, so an empty one is kept in the record.
    if (value !== "") config[LABEL_PREFIX + name] = value;
  }
  return config;
}

/** The labels that an instance's config carries. */
export function labelsFromConfig(
  config: Readonly<Record<string, string>>,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith(LABEL_PREFIX) && !key.startsWith(OWN_PREFIX)) {
      labels[key.slice(LABEL_PREFIX.length)] = value;
    }
  }
  return labels;
}
