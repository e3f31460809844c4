/** An archive that can't be loaded; the message says why. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}
