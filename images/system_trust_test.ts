import assert from "node:assert/strict";
import { readSystemCertificates } from "./system_trust.ts";

function optionsOf(
  files: Record<string, string>,
  env: Record<string, string> = {},
) {
  return {
    env: (name: string) => env[name],
    readTextFile: (path: string) => {
      const text = files[path];
      return text === undefined
        ? Promise.reject(new Deno.errors.NotFound(path))
        : Promise.resolve(text);
    },
  };
}

Deno.test("readSystemCertificates() takes the first file there is", async () => {
  const debian = { "/etc/ssl/certs/ca-certificates.crt": "debian" };
  const fedora = { "/etc/pki/tls/certs/ca-bundle.crt": "fedora" };
  const named = { SSL_CERT_FILE: "/ca.pem" };
  const tests = [
    { options: optionsOf({ ...debian, ...fedora }), want: ["debian"] },
    { options: optionsOf(fedora), want: ["fedora"] },
    { options: optionsOf({}), want: [] },
    {
      options: optionsOf({ ...debian, "/ca.pem": "named" }, named),
      want: ["named"],
    },
    { options: optionsOf(debian, { SSL_CERT_FILE: "" }), want: ["debian"] },
  ];
  for (const { options, want } of tests) {
    assert.deepEqual(await readSystemCertificates(options), want);
  }
  await assert.rejects(
    readSystemCertificates(optionsOf(debian, named)),
    { message: 'Cannot read "/ca.pem" that SSL_CERT_FILE names' },
  );
});
