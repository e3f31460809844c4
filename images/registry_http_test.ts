import assert from "node:assert/strict";
import { FakeRegistry, serve } from "./fake_registry.ts";
import { resolveImage } from "./registry_client.ts";
import { RegistryError } from "./registry_error.ts";
import { RegistryHttp } from "./registry_http.ts";
import type { RegistryRule } from "./registry_settings.ts";
import { selfSignedCertificate } from "./self_signed_certificate.ts";

const PLATFORM = { os: "linux", architecture: "amd64" };

/** Settings by files that are not there but in this object. */
function httpOf(
  files: Record<string, string>,
  env: Record<string, string> = {},
): RegistryHttp {
  return new RegistryHttp({
    env: (name) => env[name],
    readTextFile: (path) => {
      const text = files[path];
      return text === undefined
        ? Promise.reject(new Deno.errors.NotFound(path))
        : Promise.resolve(text);
    },
    listFolder: (folder) =>
      Promise.resolve(
        Object.keys(files).filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1)),
      ),
  });
}

async function served() {
  const fake = new FakeRegistry();
  await fake.addImage("a", PLATFORM, { names: ["latest"] });
  const tls = await selfSignedCertificate();
  return { tls, server: serve(fake.handler, tls) };
}

async function resolve(
  http: RegistryHttp,
  registry: string,
  rules: RegistryRule[] = [],
) {
  try {
    return await resolveImage({ registry, repository: "a" }, {
      platform: PLATFORM,
      signal: new AbortController().signal,
      fetchFor: (host, insecure) => http.fetchFor(host, insecure),
      rules,
    });
  } finally {
    http.close();
  }
}

Deno.test("RegistryHttp trusts a certificate only with its CA, even on this machine", async () => {
  const { tls, server } = await served();
  await using one = server;
  const { registry } = one;
  await assert.rejects(resolve(httpOf({}), registry), (error) => {
    assert(error instanceof RegistryError);
    assert.equal(error.kind, "network");
    assert.match(error.address, /^https:/);
    assert.match(error.text, /certificate/);
    return true;
  });
  assert.deepEqual(one.requests, []);

  const friends = [
    httpOf({ "/ca.pem": tls.cert }, { SSL_CERT_FILE: "/ca.pem" }),
    httpOf({ [`/etc/docker/certs.d/${registry}/ca.crt`]: tls.cert }),
    httpOf({ [`/etc/containers/certs.d/${registry}/my.crt`]: tls.cert }),
    httpOf(
      { [`/home/me/.config/containers/certs.d/${registry}/a.crt`]: tls.cert },
      { HOME: "/home/me" },
    ),
  ];
  for (const friend of friends) {
    const image = await resolve(friend, registry);
    assert.equal(image.size, 1234);
    assert.equal(image.direct, true);
  }
});

Deno.test("RegistryHttp takes no CA of another registry's", async () => {
  const { tls, server } = await served();
  await using one = server;
  const http = httpOf({ "/etc/docker/certs.d/localhost:1/ca.crt": tls.cert });
  await assert.rejects(resolve(http, one.registry), /certificate/);
});

Deno.test("RegistryHttp checks no certificate of a registry that is called insecure", async () => {
  const { server } = await served();
  await using one = server;
  const { registry } = one;
  const rule = { location: "", blocked: false, mirrors: [], insecure: true };
  const image = await resolve(httpOf({}), registry, [
    { ...rule, prefix: registry },
  ]);
  assert.equal(image.size, 1234);
  assert.equal(image.direct, false);
  await assert.rejects(
    resolve(httpOf({}), registry, [{ ...rule, prefix: "localhost:1" }]),
    /certificate/,
  );
});
