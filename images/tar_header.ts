const encoder = new TextEncoder();

/** Bytes of a header, and the unit of all that is in an archive. */
const TAR_BLOCK = 512;

/** The end of an archive: two blocks of zeros. */
export const TAR_END: Uint8Array<ArrayBuffer> = new Uint8Array(2 * TAR_BLOCK);

/** The largest size that the format has digits for; GNU's form has more. */
const MAX_OCTAL = 8 ** 11 - 1;

/**
 * The header of a file, or of a folder when the name ends in a slash. It
 * belongs to root and has no time, so that equal content is equal bytes.
 *
 * @param name at most 100 bytes.
 */
export function tarHeader(name: string, size: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(TAR_BLOCK);
  const text = (at: number, value: string) =>
    header.set(encoder.encode(value), at);
  const isFolder = name.endsWith("/");
  text(0, name);
  text(100, isFolder ? "0000755\0" : "0000644\0");
  text(108, "0000000\0");
  text(116, "0000000\0");
  if (size <= MAX_OCTAL) text(124, `${octal(size, 11)}\0`);
  else writeLarge(header, size);
  text(136, "00000000000\0");
  text(148, "        ");
  text(156, isFolder ? "5" : "0");
  text(257, "ustar  \0");
  const sum = header.reduce((total, byte) => total + byte, 0);
  text(148, `${octal(sum, 6)}\0 `);
  return header;
}

/** The zeros that fill the last block of a file. */
export function tarPadding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** GNU's form for sizes of 8 GiB and more: the number itself after a mark. */
function writeLarge(header: Uint8Array<ArrayBuffer>, size: number): void {
  header[124] = 0x80;
  new DataView(header.buffer).setBigUint64(128, BigInt(size));
}
