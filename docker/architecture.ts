/** Go's names of the kernel's architectures. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  i686: "386",
  aarch64: "arm64",
  armv7l: "arm",
  armv6l: "arm",
};

/** Docker's word for an architecture: `amd64` for `x86_64`. */
export function dockerArchitecture(architecture: string): string {
  return ARCHITECTURES[architecture] ?? architecture;
}
