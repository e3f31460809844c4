import assert from "node:assert/strict";
import { DEFAULT_IMAGE_SERVER, kubeadmSettings } from "./kubeadm_settings.ts";

function settings(env: Record<string, string>) {
  return kubeadmSettings((name) => env[name]);
}

Deno.test("kubeadmSettings() has defaults", () => {
  const defaults = { images: "any", server: DEFAULT_IMAGE_SERVER };
  assert.deepEqual(settings({}), defaults);
  assert.deepEqual(
    settings({ KINI_LXC_IMAGES: "", KINI_IMAGE_SERVER: "" }),
    defaults,
  );
});

Deno.test("kubeadmSettings() takes servers by https, and this machine's by http", () => {
  for (
    const [value, want] of [
      ["https://mirror.example/capn/", "https://mirror.example/capn"],
      ["https://mirror.example:8443", "https://mirror.example:8443"],
      ["http://127.0.0.1:8080/x//", "http://127.0.0.1:8080/x"],
      ["http://localhost/x", "http://localhost/x"],
      ["http://[::1]:1/", "http://[::1]:1"],
    ] as const
  ) {
    assert.equal(settings({ KINI_IMAGE_SERVER: value }).server, want);
  }
});

for (
  const value of [
    "mirror.example",
    "http://mirror.example/capn",
    "http://127.0.0.1.example/",
    "ftp://mirror.example",
    "file:///srv/images",
    "https://",
    "https://mirror.example/?a=b",
    "https://mirror.example/#a",
  ]
) {
  Deno.test(`kubeadmSettings() refuses the server ${value}`, () => {
    assert.throws(() => settings({ KINI_IMAGE_SERVER: value }), {
      name: "RangeError",
      message: /^KINI_IMAGE_SERVER is ".*": use the address of a simplestreams/,
    });
  });
}

Deno.test("kubeadmSettings() refuses other images", () => {
  assert.throws(() => settings({ KINI_LXC_IMAGES: "Kubeadm" }), {
    name: "RangeError",
    message:
      'KINI_LXC_IMAGES is "Kubeadm": use "kubeadm" or "kindest", or unset it',
  });
});
