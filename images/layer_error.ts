/** A layer that can't be taken for what it says, or that must not be. */
export class LayerError extends Error {
  override readonly name = "LayerError";
}
