/**
 * Images that are in the local store alone, on their way to the server: node
 * images from files, and what can be wrong with images.
 */
import assert from "node:assert/strict";
import { lab, leftovers, lines, ok, removeAll, sh } from "./lab.ts";

const FOLDER = "/tmp/images-node-e2e";
const env = { KINI_CACHE: `${FOLDER}/cache` };

/** Runs with a folder and a store of its own; neither is left. */
async function inFolder(run: () => Promise<void>): Promise<void> {
  await removeAll();
  // An image that the server has is not sent to it again.
  await sh("docker images -aq | xargs -r docker rmi -f >/dev/null");
  const before = await leftovers();
  const images = await serverImages();
  await sh(`rm -rf ${FOLDER}; mkdir ${FOLDER}`);
  try {
    await run();
  } finally {
    await removeAll();
    await sh(`rm -rf ${FOLDER}`);
  }
  assert.deepEqual(await leftovers(), before);
  assert.deepEqual(await serverImages(), images);
}

/** Fingerprints and aliases of all images, and files of none. */
async function serverImages(): Promise<string[]> {
  return lines(
    await sh(`
      api() { curl -sf --unix-socket /var/lib/incus/unix.socket "http://incus$1"; }
      api '/1.0/images?recursion=1' | jq -r '.metadata[] | .fingerprint, (.aliases[]? | .name)'
      find /var/lib/incus/images -mindepth 1 -name 'incus_*' -printf 'file %f\\n'
    `),
  ).sort();
}

/** Runs while nothing answers on the registries' port. */
async function withoutRegistry(run: () => Promise<void>): Promise<void> {
  const rule = "OUTPUT -d 127.0.0.1 -p tcp --dport 443 -j REJECT " +
    "--reject-with tcp-reset";
  await sh(`iptables -I ${rule}`);
  try {
    const { code } = await lab(["curl", "-sS", "https://docker.io/v2/"]);
    assert.notEqual(code, 0, "the registry answers");
    await run();
  } finally {
    await sh(`iptables -D ${rule}`);
  }
}

for (const name of ["kindest/node:v1.35.0", "my/node:dev"]) {
  Deno.test(`kind makes a cluster of a node image from a file: ${name}`, async () => {
    await inFolder(async () => {
      await sh(
        `skopeo copy -q docker://docker.io/kindest/node:v1.35.0 \
          docker-archive:${FOLDER}/node.tar:docker.io/${name}`,
      );
      await withoutRegistry(async () => {
        assert.equal(
          await ok(["docker", "load", "-q", "-i", `${FOLDER}/node.tar`], {
            env,
          }),
          `Loaded image: ${name}\n`,
        );
        await useNodeImage(name);
        // What the server has needs no file any more.
        await useNodeImage(name);
      });
      assert.match(
        await ok(["docker", "rmi", name], { env }),
        /^Untagged: .*\nDeleted: sha256:/,
      );
      assert.equal(await ok(["docker", "images", "-q", name], { env }), "");
      assert.equal(
        await sh(`find ${env.KINI_CACHE} -type f -size +1M`),
        "",
      );
    });
  });
}

async function useNodeImage(name: string): Promise<void> {
  const before = await leftovers();
  const created = await lab(
    ["kind", "create", "cluster", "--image", name, "--wait", "60s"],
    { env },
  );
  assert.equal(created.code, 0, created.stderr);
  assert.match(created.stderr, /Ready after/);
  assert.match(
    await ok(["kubectl", "get", "nodes"]),
    /^kind-control-plane\s+Ready\s+control-plane/m,
  );
  const [used, id] = lines(
    await sh(
      `docker inspect -f '{{.Config.Image}} {{.Image}}' kind-control-plane
      docker image inspect -f '${name} {{.Id}}' ${name}`,
      { env },
    ),
  );
  assert.equal(used, id);
  assert.equal(
    await sh(
      "incus config get kind-control-plane volatile.container.oci",
    ),
    "true\n",
  );
  await ok(["kind", "delete", "cluster"], { env });
  assert.deepEqual(await leftovers(), before);
}

/** Makes an OCI image of the folders L1 and L2, with a shell in it. */
const ODD_IMAGE = `
  cd ${FOLDER}
  mkdir -p oci/blobs/sha256 L1/{bin,etc,gone,kept,opaque,swap,dev,root}
  seq 200000 >L1/bin/busybox
  ln -s busybox L1/bin/sh
  ln L1/bin/busybox L1/bin/hard
  printf 'root:x:0:0:root:/root:/bin/sh\\napp:x:1234:55:app:/home/app:/bin/sh\\n' >L1/etc/passwd
  printf 'app:x:55:\\nother:x:66:\\n' >L1/etc/group
  echo lower | tee L1/gone/x L1/kept/x L1/opaque/x L1/swap/x L1/first >/dev/null
  ln L1/first L1/second
  ln -s /etc/passwd L1/absolute
  mknod L1/dev/null c 1 3
  mknod L1/etc/zero c 1 5
  mkfifo L1/etc/pipe
  mkfifo L1/kept/pipe
  printf cap >L1/kept/cap
  setfattr -n user.kini -v yes L1/kept/cap
  setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 L1/kept/cap
  chown 1234:55 L1/kept
  chmod 2750 L1/kept
  chmod 4711 L1/bin/busybox
  truncate -s 3M L1/kept/sparse
  printf end >>L1/kept/sparse
  mkdir -p L2/opaque L2/kept
  touch L2/.wh.gone L2/opaque/.wh..wh..opq L2/.wh.first L2/kept/.wh.pipe
  echo upper | tee L2/opaque/y L2/swap L2/kept/y >/dev/null
  chown 1234:55 L2/kept
  chmod 2750 L2/kept
  find L1 L2 -exec touch -h -d @1700000000 {} +
  layers='' ids=''
  for layer in L1 L2; do
    tar -cSf layer.tar --format=posix --xattrs --xattrs-include='*' \\
      --pax-option=delete=atime,delete=ctime --numeric-owner --sort=name -C $layer .
    sum=$(sha256sum <layer.tar | cut -d ' ' -f 1)
    mv layer.tar oci/blobs/sha256/$sum
    size=$(stat -c %s oci/blobs/sha256/$sum)
    layers="$layers,{\\"mediaType\\":\\"application/vnd.oci.image.layer.v1.tar\\",\\"digest\\":\\"sha256:$sum\\",\\"size\\":$size}"
    ids="$ids,\\"sha256:$sum\\""
  done
  blob() { # MEDIA-TYPE
    cat >blob
    local sum=$(sha256sum <blob | cut -d ' ' -f 1)
    printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' $1 $sum $(stat -c %s blob)
    mv blob oci/blobs/sha256/$sum
  }
  config=$(blob application/vnd.oci.image.config.v1+json <<END
{"architecture":"amd64","os":"linux","created":"2026-01-02T03:04:05Z",
 "config":{"User":"app:other","Env":["A=b c","EMPTY="],"Entrypoint":["/bin/sh","-c"],
  "Cmd":["sleep 1000 # it's"],"WorkingDir":"/kept","Labels":{"a":"b"},
  "ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGKILL"},
 "rootfs":{"type":"layers","diff_ids":[\${ids#,}]}}
END
  )
  manifest=$(blob application/vnd.oci.image.manifest.v1+json <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":$config,"layers":[\${layers#,}]}
END
  )
  echo '{"imageLayoutVersion":"1.0.0"}' >oci/oci-layout
  echo "{\\"schemaVersion\\":2,\\"manifests\\":[$manifest]}" >oci/index.json
`;

Deno.test("an image from a file is on the server what it is after a pull", async () => {
  const names = "docker.io/my/pulled:1 docker.io/my/loaded:1";
  await inFolder(async () => {
    try {
      await sh(ODD_IMAGE);
      await sh(
        `cd ${FOLDER}
        skopeo copy -q oci:oci docker://docker.io/my/pulled:1
        skopeo copy -q oci:oci oci-archive:loaded.tar:docker.io/my/loaded:1
        docker pull -q my/pulled:1 >/dev/null
        docker tag my/pulled:1 my/loaded:1 2>/dev/null || true
        docker rmi my/loaded:1 >/dev/null 2>&1 || true`,
        { env },
      );
      // Only the image that was pulled is there: without it the file is sent.
      await sh(
        `incus create local:docker.io/my/pulled:1 pulled 2>&1
        docker rmi my/pulled:1
        docker load -q -i ${FOLDER}/loaded.tar
        docker create --name unused my/loaded:1
        docker rm unused
        incus create local:docker.io/my/loaded:1 loaded 2>&1`,
        { env },
      );
      const facts = (name: string) =>
        sh(`
          cd /var/lib/incus/storage-pools/default/containers/${name}/rootfs
          find . -printf '%p %y %m %U %G %T@ %l %n ' \\( -type f -printf %s -o -printf - \\) \\
            \\( -type f -exec sh -c 'sha256sum <"$1"' - {} \\; -o -printf '\\n' \\) | sort
          find . -type c -exec stat -c '%n %t %T' {} +
        `);
      const tree = await facts("loaded");
      assert.equal(tree, await facts("pulled"));
      assert.match(tree, /^\.\/swap f /m);
      assert.match(tree, /^\.\/etc\/zero 1 5$/m);
      assert.doesNotMatch(tree, /gone|first|kept\/pipe|\.wh\./);
      // The server's own pull loses these.
      assert.equal(
        await sh(`
          cd /var/lib/incus/storage-pools/default/containers/loaded/rootfs/kept
          getfattr -n security.capability -e hex --only-values cap | wc -c
          getfattr -n user.kini --only-values cap
          [ "$(du -k sparse | cut -f 1)" -gt 100 ] || echo ,sparse
        `),
        "20\nyes,sparse\n",
      );
      const config = async (name: string) =>
        lines(await sh(`incus config show --expanded ${name}`)).filter((line) =>
          !/volatile\.(uuid|base_image|cloud-init|eth0)|image\.(id|desc|user\.kini)/
            .test(line)
        );
      assert.deepEqual(await config("loaded"), await config("pulled"));
    } finally {
      await sh(
        `incus delete -f pulled loaded 2>/dev/null || true
        for name in ${names}; do docker rmi $name >/dev/null 2>&1 || true; done`,
        { env },
      );
    }
  });
});

Deno.test("processes that import an image at once all succeed", async () => {
  await inFolder(async () => {
    await sh(
      `skopeo copy -q docker://docker.io/kini/test:1 \
        docker-archive:${FOLDER}/test.tar:docker.io/my/once:1
      docker load -q -i ${FOLDER}/test.tar`,
      { env },
    );
    const all = await Promise.all(
      Array.from(
        { length: 4 },
        (_, at) =>
          lab(["docker", "create", "--name", `once-${at}`, "my/once:1"], {
            env,
          }),
      ),
    );
    for (const { code, stderr } of all) assert.equal(code, 0, stderr);
    assert.equal(
      await sh(
        "incus image list -f csv -c f,L local: | grep -c 'my/once' || true",
      ),
      "1\n",
    );
    await sh(
      "docker rm -f once-0 once-1 once-2 once-3; docker rmi my/once:1",
      { env },
    );
  });
});

for (const signal of ["TERM", "KILL"]) {
  Deno.test(`an import that ends by SIG${signal} leaves no image`, async () => {
    await inFolder(async () => {
      const images = await serverImages();
      await sh(
        `skopeo copy -q docker://docker.io/kindest/node:v1.35.0 \
          docker-archive:${FOLDER}/node.tar:docker.io/my/node:cut
        docker load -q -i ${FOLDER}/node.tar`,
        { env },
      );
      // Once the server has some of it, and long before it has all.
      await sh(
        `docker create --name cut my/node:cut >/dev/null 2>&1 &
        pid=$!
        arrived() { find /var/lib/incus/images -path '*incus_*' -size +5M | grep -q .; }
        for tries in {1..1000}; do arrived && break || sleep 0.01; done
        arrived
        kill -${signal} $pid
        ! wait $pid
        for tries in {1..200}; do arrived || break; sleep 0.05; done`,
        { env },
      );
      assert.deepEqual(await serverImages(), images);
      await sh("docker create --name cut my/node:cut", { env });
      await sh("docker rm cut; docker rmi my/node:cut", { env });
    });
  });
}

Deno.test("a hostile image does not reach the server", async () => {
  await inFolder(async () => {
    const images = await serverImages();
    await sh(
      `cd ${FOLDER}
      mkdir -p a/b layer
      echo evil >evil
      tar -C a/b -P -cf layer/layer.tar ../../evil
      sum=$(sha256sum <layer/layer.tar | cut -d ' ' -f 1)
      echo '{"architecture":"amd64","os":"linux","config":{"Cmd":["sh"]},
        "rootfs":{"type":"layers","diff_ids":["sha256:'$sum'"]}}' >config.json
      echo '[{"Config":"config.json","RepoTags":["my/evil:1"],"Layers":["layer/layer.tar"]}]' >manifest.json
      tar -cf evil.tar manifest.json config.json layer
      docker load -q -i evil.tar`,
      { env },
    );
    const { code, stderr } = await lab(
      ["docker", "run", "--rm", "my/evil:1"],
      { env },
    );
    assert.equal(code, 125);
    assert.match(
      stderr,
      /^docker: Error response from daemon: cannot import my\/evil:1: Layer sha256:\S+ the path "\.\.\/\.\.\/evil" leads out of the image\.?$/m,
    );
    assert.deepEqual(await serverImages(), images);
    await sh("docker rmi my/evil:1", { env });
  });
});
