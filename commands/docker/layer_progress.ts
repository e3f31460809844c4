import { formatSize } from "../../docker/units.ts";
import type { Context, Output } from "../context.ts";

/** What is told of one layer. */
export interface LayerStep {
  layer: string;
  status: string;
  bytes?: { there: number; all: number };
}

/** Milliseconds between two steps of one bar. */
const PAUSE = 100;
/** Below this many columns docker shows numbers only. */
const BAR_COLUMNS = 110;

/**
 * The layers of a pull or a push as docker shows them: on a terminal a line
 * for each, which changes in place; elsewhere a line for each change, without
 * what happens all the time.
 */
export class LayerProgress {
  readonly #out: Output;
  readonly #columns: number;
  readonly #rows = new Map<string, number>();
  readonly #shown = new Map<string, { status: string; at: number }>();
  #written: Promise<void> = Promise.resolve();

  constructor(ctx: Context, out: Output) {
    this.#out = out;
    this.#columns = ctx.terminalSize()?.columns ?? 200;
  }

  /** Shows a step, some time after those before. */
  show(step: LayerStep): void {
    if (this.#out.canRedraw()) this.#draw(step);
    else if (!step.bytes) this.#write(`${step.layer}: ${step.status}\n`);
  }

  /** Has something else written before the next step. */
  after(write: () => Promise<void>): void {
    this.#written = this.#written.then(write);
    // Whoever waits for the end is told.
    this.#written.catch(() => {});
  }

  /** Waits until all is written. */
  end(): Promise<void> {
    return this.#written;
  }

  #draw({ layer, status, bytes }: LayerStep): void {
    const before = this.#shown.get(layer);
    const now = performance.now();
    const isSame = before?.status === status;
    if (bytes && isSame && now - before.at < PAUSE) return;
    this.#shown.set(layer, { status, at: now });
    const text = `${layer}: ${status}${
      bytes ? ` ${progressText(bytes, this.#columns)}` : ""
    }`;
    const row = this.#rows.get(layer);
    if (row === undefined) {
      this.#rows.set(layer, this.#rows.size);
      this.#write(`${text}\n`);
      return;
    }
    const up = this.#rows.size - row;
    this.#write(`\x1b[${up}A\x1b[2K\r${text}\r\x1b[${up}B`);
  }

  #write(text: string): void {
    this.after(() => this.#out.text(text));
  }
}

function progressText(
  { there, all }: { there: number; all: number },
  columns: number,
): string {
  const current = formatSize(there).padStart(8);
  if (all <= 0) return current;
  const filled = Math.min(50, Math.trunc(Math.trunc(there / all * 100) / 2));
  const bar = columns > BAR_COLUMNS
    ? `[${"=".repeat(filled)}>${" ".repeat(50 - filled)}] `
    : "";
  return `${bar}${current}/${formatSize(all)}`;
}
