import assert from "node:assert/strict";
import { FakeRegistry, serve } from "./fake_registry.ts";
import { resolveImage } from "./registry_client.ts";
import { RegistryError } from "./registry_error.ts";
import { selfSignedCertificate } from "./self_signed_certificate.ts";
import {
  openRegistryHttpClient,
  readSystemCertificates,
} from "./system_trust.ts";

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

Deno.test("resolveImage() trusts a certificate only with its CA, even on this machine", async () => {
  const fake = new FakeRegistry();
  await fake.addImage("a", { os: "linux", architecture: "amd64" }, {
    names: ["latest"],
  });
  const tls = await selfSignedCertificate();
  await using served = serve(fake.handler, tls);
  const reference = { registry: served.registry, repository: "a" };
  const options = {
    platform: { os: "linux", architecture: "amd64" },
    signal: new AbortController().signal,
  };

  using stranger = await openRegistryHttpClient(optionsOf({}));
  await assert.rejects(
    resolveImage(reference, { ...options, client: stranger }),
    (error) => {
      assert(error instanceof RegistryError);
      assert.equal(error.kind, "network");
      assert.match(error.address, /^https:/);
      assert.match(error.text, /certificate/);
      return true;
    },
  );
  assert.deepEqual(served.requests, []);

  using friend = await openRegistryHttpClient(
    optionsOf({ "/ca.pem": tls.cert }, { SSL_CERT_FILE: "/ca.pem" }),
  );
  const image = await resolveImage(reference, { ...options, client: friend });
  assert.equal(image.size, 1234);
});
