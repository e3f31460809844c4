/**
 * Images on their way from a registry or a file through the local store into
 * the nodes of a cluster: with the unmodified kind, and containerd in the nodes.
 */
import assert from "node:assert/strict";
import { type HostName, lines, ok, removeAll, sh } from "./lab.ts";

const NODE = "kind-control-plane";
const NODE_IMAGE = "kindest/node:v1.35.0";
const TMP = "/tmp/kini-e2e-images";
/** A store of the test's own, for kini alone. */
const env = { KINI_CACHE: `${TMP}/cache` };
const KINDS = ["0.33", "0.27"];

/** What docker says is the image's ID. */
async function idOf(name: string, host?: HostName): Promise<string> {
  return (await ok(["docker", "image", "inspect", "-f", "{{.Id}}", name], {
    env,
    ...(host && { host }),
  })).trim();
}

/** Asserts that a node has an image under this name, and that it is docker's. */
async function assertInNode(name: string, full: string): Promise<void> {
  const { status } = JSON.parse(
    await ok(["docker", "exec", NODE, "crictl", "inspecti", name]),
  ) as { status: { id: string; repoTags: string[] } };
  assert.equal(status.id, await idOf(name), name);
  assert.ok(status.repoTags.includes(full), status.repoTags.join());
  const listed = lines(
    await ok(["docker", "exec", NODE, "ctr", "-n", "k8s.io", "images", "ls"]),
  );
  assert.ok(listed.some((line) => line.startsWith(`${full} `)), full);
}

Deno.test("images get into nodes from archives and registries", async (t) => {
  await removeAll();
  const archive = `${TMP}/two.tar`;
  try {
    await sh(`rm -rf ${TMP}; mkdir -p ${TMP}`);
    await ok(["kind", "create", "cluster", "--image", NODE_IMAGE], { env });

    await t.step("docker save fetches what only the server has", async () => {
      await sh(
        `for image in busybox:1.37 kini/test:1; do docker pull -q $image; done
         docker save -o ${archive} busybox:1.37 kini/test:1
         docker save $(docker images -q kini/test:1) >${TMP}/id.tar
         docker save -o ${TMP}/again.tar busybox:1.37 kini/test:1
         cmp ${archive} ${TMP}/again.tar
         [ "$(ls -A ${TMP})" = "$(printf '%s\\n' again.tar cache id.tar two.tar)" ]`,
        { env },
      );
    });

    await t.step("skopeo and a Docker Engine read the archive", async () => {
      const id = await idOf("kini/test:1");
      for (
        const from of [
          `docker-archive:${archive}:docker.io/kini/test:1`,
          `oci-archive:${TMP}/id.tar`,
        ]
      ) {
        const config = await ok([
          "skopeo",
          "inspect",
          "--config",
          "--raw",
          from,
        ]);
        assert.equal(await digestOf(config), id, from);
      }
      // Both hosts see /share.
      await sh(
        `cp ${archive} /share/kini-e2e.tar; chmod 644 /share/kini-e2e.tar`,
      );
      const options = { host: "docker" } as const;
      await sh("docker rmi -f kini/test:1 >/dev/null 2>&1 || true", options);
      assert.deepEqual(
        lines(
          await ok(["docker", "load", "-i", "/share/kini-e2e.tar"], options),
        ),
        ["Loaded image: busybox:1.37", "Loaded image: kini/test:1"],
      );
      assert.equal(await idOf("kini/test:1", "docker"), id);
    });

    await t.step(
      "kind load docker-image takes what docker load has put there",
      async () => {
        const before = [await idOf("busybox:1.37"), await idOf("kini/test:1")];
        await sh(
          `docker rmi busybox:1.37 kini/test:1; rm -rf ${TMP}/cache
         docker load -i ${archive}`,
          { env },
        );
        const after = [await idOf("busybox:1.37"), await idOf("kini/test:1")];
        assert.deepEqual(after, before);
        await load("0.33", "busybox:1.37", "kini/test:1");
        await assertInNode("busybox:1.37", "docker.io/library/busybox:1.37");
        await assertInNode("kini/test:1", "docker.io/kini/test:1");
      },
    );

    await t.step("a second load moves nothing", async () => {
      // Without layers, a docker save could not be.
      await sh(`mv ${TMP}/cache/images/blobs ${TMP}/blobs
                mkdir -p ${TMP}/cache/images/blobs/sha256
                find ${TMP}/blobs/sha256 -type f -size -64k -exec cp -t ${TMP}/cache/images/blobs/sha256 {} +`);
      for (const kind of KINDS) {
        const told = await load(kind, "busybox:1.37", "kini/test:1");
        assert.equal(
          [...told.matchAll(/found to be already present on all nodes/g)]
            .length,
          2,
          told,
        );
      }
      await sh(`rm -rf ${TMP}/cache/images/blobs
                mv ${TMP}/blobs ${TMP}/cache/images/blobs`);
    });

    await t.step("archives of every make end in the node", async () => {
      const from = "skopeo copy -q docker://docker.io/library/busybox:1.37";
      await sh(
        `cd ${TMP}; docker pull -q busybox:1.37
         ${from} docker-archive:docker.tar:make/docker:1
         gzip -c docker.tar >docker.tar.gz
         ${from} oci-archive:oci.tar:make/oci:1
         ${from} --dest-compress-format zstd oci-archive:zstd.tar:make/zstd:1
         mkdir layout; tar -C layout -xf oci.tar
         sed -i 's|make/oci:1|make/outer:1|' layout/index.json
         tar -C layout -c . | zstd -q >outer.tar.zst`,
        { env },
      );
      const id = await idOf("busybox:1.37");
      for (
        const [file, name] of [
          ["docker.tar.gz", "make/docker:1"],
          ["oci.tar", "make/oci:1"],
          ["zstd.tar", "make/zstd:1"],
          ["outer.tar.zst", "make/outer:1"],
        ] as const
      ) {
        assert.equal(
          await ok(["docker", "load", "-i", `${TMP}/${file}`], { env }),
          `Loaded image: ${name}\n`,
        );
        assert.equal(await idOf(name), id, file);
        // The node must not have it under another name.
        await sh(
          `docker exec ${NODE} sh -c 'ctr -n k8s.io images ls -q |
             grep -E "busybox|make/" | xargs -r ctr -n k8s.io images rm --sync'`,
        );
        await load("0.33", name);
        await assertInNode(name, `docker.io/${name}`);
      }
    });

    await t.step(
      "kind load docker-image takes what docker pull has fetched",
      async () => {
        await ok(["docker", "pull", "-q", "debian:trixie-slim"], { env });
        await load("0.27", "debian:trixie-slim");
        await assertInNode(
          "debian:trixie-slim",
          "docker.io/library/debian:trixie-slim",
        );
      },
    );

    await t.step(
      "kind load image-archive takes what docker save has written",
      async () => {
        for (const [index, kind] of KINDS.entries()) {
          const name = `kini/other:${index}`;
          await sh(
            `docker tag kini/test:1 ${name}; docker save -o ${TMP}/other.tar ${name}`,
            { env },
          );
          await ok(["kind", "load", "image-archive", `${TMP}/other.tar`], {
            env,
            kind,
          });
          await assertInNode(name, `docker.io/${name}`);
          await ok(["docker", "rmi", name], { env });
        }
      },
    );
  } finally {
    await sh(`kind delete cluster; rm -rf ${TMP} /share/kini-e2e.tar`);
    await removeAll();
  }
});

/** Has kind load images, and returns what it says. */
async function load(kind: string, ...names: string[]): Promise<string> {
  return await sh(`kind load docker-image ${names.join(" ")} 2>&1`, {
    env,
    kind,
  });
}

async function digestOf(text: string): Promise<string> {
  const sum = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `sha256:${new Uint8Array(sum).toHex()}`;
}
