import assert from "node:assert/strict";
import { certificateBytes } from "./certificate.ts";
import { distrusted, untrusted } from "./https_errors.ts";
import type { HttpsServer } from "./https_server.ts";

// Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256
//   -subj /CN=me -not_before 20200101000000Z -not_after 20200102000000Z
const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIUNRUdfnWU11tRBiMVwJQjm7IZLe0wCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCbWUwHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTAyMDAwMDAwWjAN
MQswCQYDVQQDDAJtZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEzfDRAaNRyA
r6QSiPJtEPtsWOmPOZ/im+aZmtW5oUsBakxQtbXnJTwIQ7P6Lc4OpwTwYBAjZGCW
wpU/Jmzmwt2jUzBRMB0GA1UdDgQWBBSGXhQgDK+e2iD0r0AbgF+M0rwNHTAfBgNV
HSMEGDAWgBSGXhQgDK+e2iD0r0AbgF+M0rwNHTAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0gAMEUCIQCs+PjmGnXLFRiRGQYqvvlB9VT0nvf4D+7BvJ6HKqV8
qQIgHsjKkodUJBS+eaqvaIW3fb/oRIdcxbPJOlhCKlS91k0=
-----END CERTIFICATE-----
`;

const server: HttpsServer = {
  name: "far",
  product: "incus",
  addresses: ["https://far:8443"],
  cert: "unreadable",
  key: "",
  certFile: "/c/client.crt",
};

Deno.test("untrusted() names the commands that help", async (t) => {
  const start = 'The server "far" does not trust this client: ';
  const cases: [string, Partial<HttpsServer>, string][] = [
    [
      "Incus",
      {},
      'run "incus config trust add-certificate" there with /c/client.crt, or ' +
      '"incus config trust add" there and "incus remote add" with its token here',
    ],
    [
      "LXD",
      { product: "lxd" },
      'run "lxc config trust add" there with /c/client.crt, or "lxc config ' +
      'trust add" there and "lxc remote add" with its token here',
    ],
    [
      "an expired certificate",
      { cert: EXPIRED },
      "its certificate /c/client.crt expired on 2020-01-02: remove it and its " +
      'key, and add the remote anew with "incus remote add"',
    ],
  ];
  for (const [name, change, want] of cases) {
    await t.step(name, () => {
      assert.equal(untrusted({ ...server, ...change }).message, start + want);
    });
  }
});

Deno.test("distrusted() says why, and what to do", async (t) => {
  const start = 'Cannot trust the server "far" at https://far:8443: ';
  const pinned = { pinned: new Uint8Array() };
  const authority = { pinned: certificateBytes(EXPIRED) };
  const cases: [string, Partial<HttpsServer>, string][] = [
    [
      "UnknownIssuer",
      pinned,
      "it is not the pinned certificate. If its certificate was changed on " +
      "purpose, remove the remote and add it anew",
    ],
    [
      "UnknownIssuer",
      { product: "lxd" },
      "its certificate is of no authority that is trusted here. Pin its " +
      'certificate by adding it with "lxc remote add"',
    ],
    [
      "Other(OtherError(CaUsedAsEndEntity))",
      pinned,
      "it is not the pinned certificate. If its certificate was changed on " +
      "purpose, remove the remote and add it anew",
    ],
    [
      "Other(OtherError(CaUsedAsEndEntity))",
      authority,
      "its certificate is marked as an authority's (CA:TRUE). Give the server " +
      "one without that mark, and add the remote anew",
    ],
    [
      "certificate expired: verification time 1795399181 (UNIX), but …",
      pinned,
      "its certificate has expired. Give the server a new one, and add the " +
      "remote anew",
    ],
  ];
  for (const [cause, change, want] of cases) {
    await t.step(`${cause}, ${Object.keys(change)}`, () => {
      assert.equal(
        distrusted(
          { ...server, ...change },
          "https://far:8443",
          new Error(cause),
        ).message,
        start + want,
      );
    });
  }
});
