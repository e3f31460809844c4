/** A layer that can't be taken for what it says, or that must not be. */
export class LayerError extends Error {
  override readonly name: string = "LayerError";
}

/** A layer that ends before it should. */
export class LayerEndError extends LayerError {
  override readonly name = "LayerEndError";

  constructor() {
    super("the archive ends in the middle");
  }
}
