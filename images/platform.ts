/** What an image runs on, in the words of an image index. */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string | undefined;
}

/**
 * Variants from the newest down; each CPU also runs those after its own.
 * Incus pulls with skopeo, and this is skopeo's list: the image whose config
 * is read here must be the one that Incus then takes.
 *
 * @see https://github.com/containers/image/blob/main/internal/pkg/platform/platform_matcher.go
 */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  arm: ["v8", "v7", "v6", "v5"],
  arm64: ["v8"],
};

/**
 * Chooses an entry of an image index for a platform: the first one of the best
 * variant. An entry that names no platform is taken only when no other fits.
 */
export function choosePlatform<T extends { platform?: Platform | undefined }>(
  entries: readonly T[],
  wanted: Platform,
): T | undefined {
  for (const variant of acceptableVariants(wanted)) {
    const found = entries.find(({ platform }) =>
      platform?.os === wanted.os &&
      platform.architecture === wanted.architecture &&
      (platform.variant ?? "") === variant
    );
    if (found !== undefined) return found;
  }
  return entries.find(({ platform }) => platform === undefined);
}

/** Formats a platform as docker does: "linux/arm64/v8". */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}

function acceptableVariants(wanted: Platform): readonly string[] {
  const known = VARIANTS[wanted.architecture] ?? [];
  if (!wanted.variant) return ["", ...known];
  const at = known.indexOf(wanted.variant);
  return at < 0 ? [wanted.variant, ""] : [...known.slice(at), ""];
}
