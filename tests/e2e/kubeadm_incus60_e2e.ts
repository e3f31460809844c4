/**
 * LXC mode with kubeadm images on Incus 6.0, which has no OCI containers.
 */
import assert from "node:assert/strict";
import { Host } from "./host.ts";
import { lines } from "./lab.ts";

const IMAGE = "kindest/node:v1.35.0";
const INCUS = new Host("incus60", { kind: "0.27" });

Deno.test("kind 0.27 makes a cluster of a kubeadm node on Incus 6.0, which fetches the image once", async () => {
  const before = await INCUS.clearImages();
  try {
    const made = await INCUS.run(
      ["kind", "create", "cluster", "--image", IMAGE, "--wait", "60s"],
      { timeout: 300_000 },
    );
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stderr, /Ready after/);
    assert.equal(
      (await INCUS.config("kind-control-plane"))["user.kini.image-kind"],
      "kubeadm",
    );
    assert.match(await INCUS.ok(["kini", "info"]), /^Mode: +lxc /m);
    const pulled = await INCUS.docker("pull", IMAGE);
    assert.match(pulled, /Image is up to date/);
  } finally {
    await INCUS.run(["kind", "delete", "cluster"]);
  }
  await INCUS.docker("rmi", IMAGE);
  assert.deepEqual(await INCUS.leftovers(), before);
});

Deno.test("several docker run at once fetch one kubeadm image", async () => {
  const before = await INCUS.clearImages();
  const names = ["p1", "p2", "p3"];
  await Promise.all(
    names.map((name) =>
      INCUS.docker(
        ..."run -d --privileged -t --hostname NAME --name NAME"
          .replaceAll("NAME", name).split(" "),
        IMAGE,
      )
    ),
  );
  const images = lines(await INCUS.sh("incus image list --format csv -c f"));
  assert.equal(images.length, 1);
  await INCUS.docker("rm", "-f", ...names);
  await INCUS.docker("rmi", IMAGE);
  assert.deepEqual(await INCUS.leftovers(), before);
});

for (
  const { env, pattern } of [
    {
      env: { KINI_IMAGE_SERVER: "http://mirror.example/capn" },
      pattern: /KINI_IMAGE_SERVER is "http:\/\/mirror\.example\/capn": use the/,
    },
    {
      env: { KINI_LXC_IMAGES: "docker" },
      pattern: /KINI_LXC_IMAGES is "docker": use "kubeadm" or "kindest", or/,
    },
    {
      env: { KINI_MODE: "oci" },
      pattern:
        /KINI_MODE is "oci", but the server \(Incus 6\.0\.4\) has no OCI/,
    },
    { env: { KINI_MODE: "vm" }, pattern: /KINI_MODE is "vm": use "oci" or/ },
  ]
) {
  Deno.test(`docker run makes nothing with ${JSON.stringify(env)}`, async () => {
    const before = await INCUS.leftovers();
    const result = await INCUS.run(
      ["docker", "run", "-d", "--privileged", IMAGE],
      { env: env as unknown as Record<string, string> },
    );
    assert.equal(result.code, 125);
    assert.match(result.stderr, pattern);
    // One sentence, and where the help is.
    assert.equal(lines(result.stderr).length, 2, result.stderr);
    assert.deepEqual(await INCUS.leftovers(), before);
  });
}
