/**
 * The little that has to be known of a certificate.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 * @module
 */

const SUBJECT_ALT_NAME = "551d11";
const TAG = { oid: 0x06, octets: 0x04, extensions: 0xa3, dnsName: 0x82 };

/** The bytes of the first certificate in a PEM text. */
export function certificateBytes(pem: string): Uint8Array<ArrayBuffer> {
  const found =
    /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/
      .exec(pem);
  if (!found) throw new SyntaxError("there is no certificate in PEM form");
  return Uint8Array.fromBase64(found[1]!.replace(/\s+/g, ""));
}

/** The DNS names of a certificate, in its order. */
export function dnsNames(certificate: Uint8Array): string[] {
  const [whole] = elements(certificate);
  const [body] = whole ? elements(whole.content) : [];
  const parts = body ? elements(body.content) : [];
  const wrapper = parts.find(({ tag }) => tag === TAG.extensions);
  const [list] = wrapper ? elements(wrapper.content) : [];
  for (const extension of list ? elements(list.content) : []) {
    const fields = elements(extension.content);
    const [id] = fields;
    if (id?.tag !== TAG.oid || id.content.toHex() !== SUBJECT_ALT_NAME) {
      continue;
    }
    const value = fields.find(({ tag }) => tag === TAG.octets);
    const [names] = value ? elements(value.content) : [];
    return (names ? elements(names.content) : [])
      .filter(({ tag }) => tag === TAG.dnsName)
      .map(({ content }) => new TextDecoder().decode(content));
  }
  return [];
}

interface Element {
  tag: number;
  content: Uint8Array;
}

/** The DER elements that stand one after the other in `bytes`. */
function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const tag = bytes[at++]!;
    let size = bytes[at++]!;
    if (size >= 0x80) {
      const digits = size & 0x7f;
      size = 0;
      for (let i = 0; i < digits; i++) size = size * 256 + (bytes[at++] ?? 0);
    }
    if (at + size > bytes.length) {
      throw new SyntaxError("the certificate is cut short");
    }
    found.push({ tag, content: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;
}
