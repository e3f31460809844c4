/**
 * Which images nodes are made of in LXC mode, and where they come from.
 *
 * @module
 */

const IMAGES_VARIABLE = "KINI_LXC_IMAGES";
const SERVER_VARIABLE = "KINI_IMAGE_SERVER";

/**
 * - `kubeadm`: system containers of cluster-api-provider-incus, and no others
 * - `kindest`: docker's own images, flattened
 * - `any`: the first where there is one of the version, else the second
 */
export type LxcImages = "kubeadm" | "kindest" | "any";

/** The image server of cluster-api-provider-incus. */
export const DEFAULT_IMAGE_SERVER = "https://images.linuxcontainers.org/capn";

/** How variables are looked up. */
type Env = (name: string) => string | undefined;

/** What the user says of nodes in LXC mode. */
export interface KubeadmSettings {
  images: LxcImages;
  /** Address of the simplestreams server, without a slash at its end. */
  server: string;
}

/**
 * Reads both settings.
 *
 * @throws {RangeError} for a value that is none.
 */
export function kubeadmSettings(env: Env): KubeadmSettings {
  return {
    images: imagesSetting(env(IMAGES_VARIABLE)),
    server: serverSetting(env(SERVER_VARIABLE)),
  };
}

function imagesSetting(value: string | undefined): LxcImages {
  if (!value) return "any";
  if (value === "kubeadm" || value === "kindest") return value;
  throw new RangeError(
    `${IMAGES_VARIABLE} is ${
      JSON.stringify(value)
    }: use "kubeadm" or "kindest", or unset it`,
  );
}

function serverSetting(value: string | undefined): string {
  if (!value) return DEFAULT_IMAGE_SERVER;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // What comes in the clear from elsewhere is a stranger's system.
  const isSafe = url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopback(url.hostname));
  if (!url || !isSafe || !url.hostname || url.search || url.hash) {
    throw new RangeError(
      `${SERVER_VARIABLE} is ${JSON.stringify(value)}: use the address of a ` +
        "simplestreams server, such as https://images.example.org/capn, or " +
        "unset it",
    );
  }
  return url.href.replace(/\/+$/, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(host);
}
