/**
 * Makes a certificate for 127.0.0.1 that nobody trusts yet, for tests of what
 * is trusted: no key is kept in the sources, and none expires there.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export async function selfSignedCertificate(): Promise<
  { cert: string; key: string }
> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, [
    "sign",
    "verify",
  ]);
  const exported = (format: "spki" | "pkcs8", key: CryptoKey) =>
    crypto.subtle.exportKey(format, key).then((der) => new Uint8Array(der));

  const name = sequence(der(0x31, sequence(oid("550403"), utf8("kini test"))));
  const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
  const subjectAltName = sequence(
    oid("551d11"),
    der(0x04, sequence(der(0x87, new Uint8Array([127, 0, 0, 1])))),
  );
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(utcTime(-1), utcTime(1)),
    name,
    await exported("spki", pair.publicKey),
    der(0xa3, sequence(subjectAltName)),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign(
      { name: "ECDSA", hash: "SHA-256" },
      pair.privateKey,
      body,
    ),
  );
  const signed = sequence(
    positive(signature.slice(0, 32)),
    positive(signature.slice(32)),
  );
  return {
    cert: pem(
      "CERTIFICATE",
      sequence(body, ecdsaWithSha256, der(0x03, new Uint8Array([0]), signed)),
    ),
    key: pem("PRIVATE KEY", await exported("pkcs8", pair.privateKey)),
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

function der(tag: number, ...parts: Bytes[]): Bytes {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const length = size < 0x80
    ? [size]
    : size < 0x100
    ? [0x81, size]
    : [0x82, size >> 8, size & 0xff];
  return new Uint8Array(
    [tag, ...length, ...parts.flatMap((part) => [...part])],
  );
}

function sequence(...parts: Bytes[]): Bytes {
  return der(0x30, ...parts);
}

function integer(value: number): Bytes {
  return der(0x02, new Uint8Array([value]));
}

/** An unsigned number: no leading zeros, but one before a set top bit. */
function positive(bytes: Bytes): Bytes {
  const from = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.slice(from);
  const sign = (digits[0] ?? 0) & 0x80 ? [0] : [];
  return der(0x02, new Uint8Array([...sign, ...digits]));
}

function oid(hex: string): Bytes {
  return der(0x06, Uint8Array.fromHex(hex));
}

function utf8(text: string): Bytes {
  return der(0x0c, new TextEncoder().encode(text));
}

function utcTime(days: number): Bytes {
  const time = new Date(Date.now() + days * 86_400_000).toISOString();
  const digits = time.slice(2, 19).replaceAll(/\D/g, "");
  return der(0x17, new TextEncoder().encode(`${digits}Z`));
}

function pem(label: string, bytes: Bytes): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}
