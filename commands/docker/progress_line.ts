import type { Output } from "../context.ts";

/**
 * Progress as one line that is written over; nothing but on a terminal that can do
 * so, and
 * nothing of it stays there.
 */
export class ProgressLine {
  readonly #out: Output;
  readonly #shown: boolean;
  #last = "";

  constructor(out: Output) {
    this.#out = out;
    this.#shown = out.canRedraw();
  }

  show(text: string): void {
    if (!this.#shown || text === this.#last) return;
    this.#last = text;
    void this.#out.text(`\r\x1b[K${text}`);
  }

  async clear(): Promise<void> {
    if (this.#last !== "") await this.#out.text("\r\x1b[K");
    this.#last = "";
  }
}
