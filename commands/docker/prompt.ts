/**
 * What users type at a question.
 *
 * @module
 */
import type { Input } from "../context.ts";

const ENTER = [10, 13];
const END = 4;
const INTERRUPT = 3;
const ERASE = [8, 127];

/** All of an input, as text. */
export async function readAll(input: Input): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (let n; (n = await input.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, n), { stream: true });
  }
  return text + decoder.decode();
}

/** One line, without its end. */
export async function readLine(input: Input): Promise<string> {
  return await readUntilEnter(input);
}

/** One line that the terminal does not show. */
export async function readSecret(input: Input): Promise<string> {
  input.setRaw(true);
  try {
    return await readUntilEnter(input);
  } finally {
    input.setRaw(false);
  }
}

/** Reads single bytes, so that nothing is taken that comes after. */
async function readUntilEnter(input: Input): Promise<string> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(1);
  while (await input.read(buffer) !== null) {
    const [byte = 0] = buffer;
    if (ENTER.includes(byte) || byte === END) break;
    // A raw terminal makes no signal of it.
    if (byte === INTERRUPT) throw new DOMException("SIGINT", "AbortError");
    if (!ERASE.includes(byte)) bytes.push(byte);
    else {
      // A character may have several bytes.
      while (bytes.length > 0 && (bytes.pop()! & 0xc0) === 0x80);
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
