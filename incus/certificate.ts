/**
 * The little that has to be known of a certificate.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 * @module
 */

const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";
const TAG = {
  boolean: 0x01,
  oid: 0x06,
  octets: 0x04,
  sequence: 0x30,
  utcTime: 0x17,
  extensions: 0xa3,
  dnsName: 0x82,
};

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
  return extension(certificate, SUBJECT_ALT_NAME)
    .filter(({ tag }) => tag === TAG.dnsName)
    .map(({ content }) => new TextDecoder().decode(content));
}

/** Whether a certificate is marked as an authority's, which may sign others. */
export function isAuthority(certificate: Uint8Array): boolean {
  return extension(certificate, BASIC_CONSTRAINTS)
    .some(({ tag, content }) => tag === TAG.boolean && content[0] !== 0);
}

/** What one extension of a certificate lists. */
function extension(certificate: Uint8Array, wanted: string): Element[] {
  const [whole] = elements(certificate);
  const [body] = whole ? elements(whole.content) : [];
  const parts = body ? elements(body.content) : [];
  const wrapper = parts.find(({ tag }) => tag === TAG.extensions);
  const [list] = wrapper ? elements(wrapper.content) : [];
  for (const one of list ? elements(list.content) : []) {
    const fields = elements(one.content);
    const [id] = fields;
    if (id?.tag !== TAG.oid || id.content.toHex() !== wanted) continue;
    const value = fields.find(({ tag }) => tag === TAG.octets);
    const [items] = value ? elements(value.content) : [];
    return items ? elements(items.content) : [];
  }
  return [];
}

/** Until when the certificate of a PEM text is valid, if it can be read. */
export function expiryOf(pem: string): Date | undefined {
  try {
    const [whole] = elements(certificateBytes(pem));
    const [body] = elements(whole!.content);
    // Algorithm, issuer, validity; serial number and version are no sequences.
    const validity = elements(body!.content)
      .filter(({ tag }) => tag === TAG.sequence)[2];
    return timeOf(elements(validity!.content)[1]!);
  } catch {
    return undefined;
  }
}

/** `YYMMDDhhmmssZ` until 2049, then with the whole year. */
function timeOf({ tag, content }: Element): Date | undefined {
  let text = new TextDecoder().decode(content);
  if (tag === TAG.utcTime) {
    text = (Number(text.slice(0, 2)) < 50 ? "20" : "19") + text;
  }
  const [year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)!.slice(1);
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
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
