/**
 * `docker load` of archives that real programs have written, beside a real
 * Docker Engine that loads the same.
 */
import assert from "node:assert/strict";
import { lines, sh } from "./lab.ts";

const host = "docker";

/** Makes the archives once: each program's own form, and all compressions. */
const MAKE = `
  mkdir -p /root/load && cd /root/load
  export KINI_CACHE=/root/load/cache
  docker save -o docker.tar busybox:latest kini/test:1
  docker save "$(docker image inspect -f '{{.Id}}' busybox:latest)" >id.tar
  skopeo copy -q docker-daemon:busybox:latest docker-archive:skopeo.tar:load/skopeo:1
  skopeo copy -q docker-daemon:busybox:latest oci-archive:oci.tar:load/oci:1
  skopeo copy -q --dest-compress-format zstd docker-daemon:busybox:latest oci-archive:zstd.tar:load/zstd:1
  ctr() { command ctr -a /run/docker/containerd/containerd.sock -n load "$@"; }
  ctr images import --no-unpack oci.tar >/dev/null
  name=$(ctr images ls -q | head -1)
  ctr images tag "$name" docker.io/load/ctr:1 >/dev/null
  ctr images export ctr.tar docker.io/load/ctr:1
  ctr images rm $(ctr images ls -q) >/dev/null
  gzip -c docker.tar >docker.tar.gz
  (head -c 100000 docker.tar | gzip; tail -c +100001 docker.tar | gzip) >docker.members.tar.gz
  xz -0 -c skopeo.tar >skopeo.tar.xz
  zstd -q -c docker.tar >docker.tar.zst
`;

/** Names and IDs in kini's store. */
const LIST = `
  cd /root/load/cache/images
  jq -r '.manifests[] | [.annotations["io.containerd.image.name"] // "", .digest] | @tsv' index.json |
    while IFS=$'\\t' read -r name digest; do
      while
        blob=blobs/sha256/\${digest#sha256:}
        next=$(jq -r '.manifests[0].digest // empty' $blob)
        [ -n "$next" ]
      do digest=$next; done
      echo "$name $(jq -r .config.digest $blob)"
    done | sort
`;

async function withArchives(run: () => Promise<void>): Promise<void> {
  const clean = "rm -rf /root/load; docker rmi load/skopeo:1 2>/dev/null || :";
  await sh(clean, { host });
  try {
    await sh(MAKE, { host });
    await run();
  } finally {
    await sh(clean, { host });
  }
}

/** Loads with kini and lists its store, which begins empty. */
function load(script: string): Promise<string> {
  return sh(
    `
    cd /root/load; rm -rf cache; export KINI_CACHE=/root/load/cache
    ${script}
    kini images verify >/dev/null
    [ -z "$(ls cache/images/ingest)" ]
    `,
    { host },
  );
}

Deno.test("docker load takes what docker, skopeo and containerd write, with their IDs", () =>
  withArchives(async () => {
    const ids = lines(
      await sh(
        `for name in busybox:latest kini/test:1; do
           docker image inspect -f '{{.Id}}' $name
         done`,
        { host },
      ),
    );
    const [busybox = "", test = ""] = ids;
    const both = [
      `docker.io/kini/test:1 ${test}`,
      `docker.io/library/busybox:latest ${busybox}`,
    ];
    const files = [
      "docker.tar",
      "docker.tar.gz",
      "docker.members.tar.gz",
      "docker.tar.zst",
    ];
    for (const file of files) {
      const want = await sh(`docker load -i /root/load/${file}`, { host });
      assert.equal(await load(`kini docker load -i ${file}`), want);
      assert.equal(await load(`kini docker load <${file}`), want);
      assert.deepEqual(lines(await sh(LIST, { host })), both);
    }
    for (const file of ["id.tar", "skopeo.tar", "skopeo.tar.xz"]) {
      assert.equal(
        await load(`kini docker load -i ${file}`),
        await sh(`docker load -i /root/load/${file}`, { host }),
      );
    }
    assert.deepEqual(lines(await sh(LIST, { host })), [
      `docker.io/load/skopeo:1 ${busybox}`,
    ]);
    // Docker Engine 26 can't load these; skopeo knows the ID.
    for (const file of ["oci", "zstd", "ctr"]) {
      assert.equal(
        await load(`kini docker load -i ${file}.tar`),
        `Loaded image: load/${file}:1\n`,
      );
      const sum = await sh(
        `skopeo inspect --config --raw oci-archive:/root/load/${file}.tar | sha256sum`,
        { host },
      );
      assert.deepEqual(lines(await sh(LIST, { host })), [
        `docker.io/load/${file}:1 sha256:${sum.split(" ")[0]}`,
      ]);
    }
  }));

Deno.test("docker load fails where docker fails, and moves names as docker does", () =>
  withArchives(async () => {
    const script = `
      cd /root/load; export KINI_CACHE=/root/load/cache
      head -c 1000000 docker.tar >short.tar
      head -c 1000000 docker.tar.gz >short.tar.gz
      head -c 5000 /dev/zero | tr '\\0' x >noise
      tar cf foreign.tar -C /etc hostname
      mkdir moved; tar xf docker.tar -C moved
      for file in short.tar short.tar.gz noise foreign.tar none.tar; do
        code=0; $DOCKER load -i $file >out 2>&1 || code=$?
        echo "$file $code $(grep -c Loaded out || :)"
      done
      $DOCKER load -i short.tar 2>&1 || :
      $DOCKER load -i none.tar 2>&1 || :
      cd moved
      jq -c '[.[] | select(.RepoTags[0] | startswith("busybox")) | .RepoTags = ["load/skopeo:1"]]' manifest.json >m
      jq -c '[.[] | select(.RepoTags[0] | startswith("kini")) | .RepoTags = ["load/skopeo:1"]]' manifest.json >n
      rm index.json
      mv m manifest.json; tar c . | $DOCKER load
      mv n manifest.json; tar c . | $DOCKER load
      rm -rf /root/load/moved
    `;
    const run = (docker: string) =>
      sh(`DOCKER='${docker}'\n${script}`, { host });
    assert.equal(await run("kini docker"), await run("docker"));
    await sh("KINI_CACHE=/root/load/cache kini images verify", { host });
  }));

Deno.test("an image of 1 GiB takes less than 150 MiB of memory: load, save, create", async () => {
  const folder = "/root/large-e2e";
  const clean =
    `docker rm -f large-e2e; docker rmi -f bench/image:1; rm -rf ${folder}`;
  const env = { KINI_CACHE: `${folder}/cache` };
  try {
    const peaks = lines(
      await sh(
        `
        mkdir ${folder}; cd ${folder}
        /kini/tests/bench/image ${folder}/image.tar ${1024 ** 3}
        cat >peak.py <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
        /kini/tests/bench/image ${folder}/small.tar ${256 * 1024 ** 2}
        gzip -1 small.tar
        python3 peak.py docker load -i small.tar.gz
        python3 peak.py docker load -i image.tar
        python3 peak.py docker save -o saved.tar bench/image:1
        python3 peak.py docker create --name large-e2e bench/image:1
        kini images verify | grep -o 'all right'
        `,
        { env, timeout: 300_000 },
      ),
    );
    assert.equal(peaks.pop(), "all right");
    assert.equal(peaks.length, 4);
    for (const peak of peaks) {
      assert.ok(Number(peak) > 0 && Number(peak) < 150 * 1024, `${peaks} KiB`);
    }
  } finally {
    await sh(clean, { env });
  }
});
