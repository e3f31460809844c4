import assert from "node:assert/strict";
import type { ImagesPost, InstancesPost, Network } from "../incus/types.ts";
import { type FakeImage, image, network, profile } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";

const NODE = "kindest/node:v1.35.0";
const RUN = "docker run -d --privileged -t --name n1 --hostname n1".split(" ");

/** A system image as the server keeps it. */
function systemImage(name: string, aliases: string[] = []): FakeImage {
  const made = image(`local/${name}`, {
    aliases: aliases.map((name) => ({ name, description: "" })),
    properties: { os: "kubeadm" },
    update_source: null,
  });
  return { image: made.image, files: { "/etc/resolv.conf": "" } };
}

/** An image server and an LXD that can fetch from it. */
class World implements AsyncDisposable {
  readonly fake: FakeIncus;
  readonly url: string;
  readonly #server: Deno.HttpServer;

  private constructor(
    fake: FakeIncus,
    url: string,
    server: Deno.HttpServer,
  ) {
    this.fake = fake;
    this.url = url;
    this.#server = server;
  }

  static async start(
    versions: string[],
    options: {
      images?: FakeImage[];
      broken?: boolean;
      network?: Partial<Network>;
    } = {},
  ): Promise<World> {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => answer(new URL(request.url).pathname, versions),
    );
    const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/capn`;
    const registry = options.broken ? [] : versions.map((version) => {
      const alias = `kubeadm/${version}`;
      const made = systemImage(alias);
      made.image.update_source = {
        alias,
        protocol: "simplestreams",
        server: url,
      };
      return made;
    });
    const fake = await FakeIncus.start({
      kind: "lxd",
      images: options.images ?? [],
      registry,
      networks: [
        network("lxdbr0", {
          config: { "ipv4.address": "10.9.0.1/24", "dns.mode": "none" },
          ...options.network,
        }),
      ],
      profiles: [profile("default", {
        eth0: { name: "eth0", network: "lxdbr0", type: "nic" },
        root: { path: "/", pool: "default", type: "disk" },
      })],
    });
    return new World(fake, url, server);
  }

  run(argv: string[], env: Record<string, string> = {}) {
    return runKini(argv, {
      fake: this.fake,
      env: { KINI_IMAGE_SERVER: this.url, ...env },
    });
  }

  async [Symbol.asyncDispose]() {
    await this.fake[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }
}

function answer(path: string, versions: string[]): Response {
  if (path === "/capn/streams/v1/index.json") {
    return Response.json({
      index: { images: { datatype: "image-downloads", path: "list.json" } },
    });
  }
  if (path !== "/capn/list.json") return new Response(null, { status: 404 });
  const products = Object.fromEntries(versions.map((version) => [version, {
    aliases: `kubeadm/${version},kubeadm/${version}/ubuntu`,
    arch: "amd64",
    versions: { a: { items: { a: { ftype: "lxd_combined.tar.gz" } } } },
  }]));
  return Response.json({ products });
}

Deno.test("docker pull has the server fetch the kubeadm image of a node, once", async () => {
  await using world = await World.start(["v1.34.0", "v1.35.0"]);
  const { fake, url } = world;
  const inspect = ["docker", "inspect", "--type=image", NODE];
  assert.equal((await world.run(inspect)).code, 1);

  const pulled = await world.run(["docker", "pull", NODE]);
  assert.deepEqual([pulled.stderr, pulled.code], ["", 0]);
  assert.equal(
    pulled.stdout,
    `v1.35.0: Pulling kubeadm/v1.35.0 from ${url}\n` +
      `Status: Downloaded newer image for ${NODE}\ndocker.io/${NODE}\n`,
  );
  const [body] = fake.bodies<ImagesPost>("POST /1.0/images");
  assert.deepEqual(body, {
    source: {
      type: "image",
      mode: "pull",
      protocol: "simplestreams",
      server: url,
      alias: "kubeadm/v1.35.0",
    },
    auto_update: false,
  });
  const [shown] = JSON.parse((await world.run(inspect)).stdout);
  assert.deepEqual(shown.RepoTags, [NODE]);
  assert.equal(shown.Os, "linux");
  assert.match((await world.run(["docker", "images"])).stdout, /v1\.35\.0/);

  const again = await world.run(["docker", "pull", NODE]);
  assert.match(again.stdout, /Status: Image is up to date for /);

  for (const argv of [["save", "-o", "/nonexistent.tar"], ["push"]]) {
    const { code, stderr } = await world.run(["docker", ...argv, NODE]);
    assert.equal(code, 1);
    assert.match(stderr, /is a kubeadm image .*, which has no layers to save/);
  }

  const removed = await world.run(["docker", "rmi", NODE]);
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(fake.world.images.size, 0);
});

Deno.test("docker run makes a node of the kubeadm image with its own init and kind's files", async () => {
  await using world = await World.start(["v1.35.0"]);
  const { fake } = world;
  const made = await world.run([
    ...RUN,
    ..."-e HTTP_PROXY=http://10.0.0.1:3128 --add-host other:10.0.0.9".split(
      " ",
    ),
    `${NODE}@sha256:${"a".repeat(64)}`,
  ]);
  assert.equal(made.code, 0, made.stderr);

  const [body] = fake.bodies<InstancesPost>("POST /1.0/instances");
  const { config, devices } = body!;
  assert.equal(config["user.kini.image-kind"], "kubeadm");
  assert.equal(config["security.privileged"], "true");
  assert.match(devices.eth0?.["ipv4.address"] ?? "", /^10\.9\.0\.\d+$/);
  const { instance, files } = fake.instance("n1");
  const raw = instance.config["raw.lxc"]!;
  assert.doesNotMatch(raw, /^lxc\.(init\.cmd|net\.0)/m);
  assert.match(raw, /^lxc\.signal\.halt=SIGRTMIN\+3$/m);

  const text = (path: string) => {
    assert.ok(files.get(path), `no ${path}`);
    return new TextDecoder().decode(files.get(path)?.content);
  };
  assert.equal(text("/kind/version"), "v1.35.0");
  assert.match(text("/kind/product_uuid"), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/);
  assert.match(text("/kind/manifests/default-cni.yaml"), /\.PodSubnet/);
  assert.match(text("/kind/manifests/default-storage.yaml"), /StorageClass/);
  assert.match(text("/etc/sysconfig/kubelet"), /--cgroup-root= /);
  assert.match(text("/kind/hosts"), /^10\.9\.0\.\d+\tn1$/m);
  assert.match(text("/kind/hosts"), /^10\.0\.0\.9\tother$/m);
  assert.equal(text("/etc/resolv.conf"), "nameserver 10.9.0.1\n");
  assert.match(
    text("/etc/systemd/system.conf.d/90-kini.conf"),
    /^DefaultEnvironment="HTTP_PROXY=http:\/\/10\.0\.0\.1:3128"$/m,
  );
  assert.equal(files.get("/init"), undefined);
});

Deno.test("two nodes of one image have different product UUIDs", async () => {
  await using world = await World.start(["v1.35.0"]);
  const uuids = new Set<string>();
  for (const name of ["n1", "n2"]) {
    const made = await world.run([...RUN, "--name", name, NODE]);
    assert.equal(made.code, 0, made.stderr);
    const { files } = world.fake.instance(name);
    uuids.add(
      new TextDecoder().decode(files.get("/kind/product_uuid")?.content),
    );
  }
  assert.equal(uuids.size, 2);
  assert.equal(world.fake.bodies("POST /1.0/images").length, 1);
});

Deno.test("docker run names the nearest versions where only kubeadm images will do", async () => {
  await using world = await World.start(["v1.33.5", "v1.34.0", "v1.35.0"]);
  const result = await world.run([...RUN, "kindest/node:v1.35.9"], {
    KINI_LXC_IMAGES: "kubeadm",
  });
  assert.equal(result.code, 125);
  assert.match(
    result.stderr,
    /has no kubeadm image v1\.35\.9 for amd64; the nearest are v1\.35\.0, v1\.34\.0, v1\.33\.5: KINI_LXC_IMAGES=kindest/,
  );
  assert.equal(world.fake.world.instances.size, 0);
  assert.equal(world.fake.bodies("POST /1.0/images").length, 0);
});

for (
  const { name, reference, broken, pattern } of [
    {
      name: "a version in its name",
      reference: "kindest/node:latest",
      broken: false,
      pattern: /kindest\/node:latest names no version of Kubernetes/,
    },
    {
      name: "a server that could fetch it",
      reference: NODE,
      broken: true,
      pattern: /the server can't fetch the kubeadm image v1\.35\.0 from http/,
    },
  ]
) {
  Deno.test(`docker run makes nothing without ${name}`, async () => {
    await using world = await World.start(["v1.35.0"], { broken });
    const result = await world.run([...RUN, reference], {
      KINI_LXC_IMAGES: "kubeadm",
    });
    assert.equal(result.code, 125);
    assert.match(result.stderr, pattern);
    assert.equal(world.fake.world.instances.size, 0);
  });
}

Deno.test("docker run says what is missing when it falls back to kindest/node", async () => {
  await using world = await World.start(["v1.34.0"]);
  const result = await world.run([...RUN, NODE]);
  // The fake has no registry on this machine's side to fall back to.
  assert.equal(result.code, 125);
  assert.match(
    result.stderr,
    /^kini: http\S+ has no kubeadm image v1\.35\.0 for amd64; the nearest are v1\.34\.0: using kindest\/node:v1\.35\.0 itself$/m,
  );
});

Deno.test("an alias kubeadm/VERSION on the server comes before the image server", async () => {
  const own = systemImage("mine", ["kubeadm/v1.35.0"]);
  await using world = await World.start([], { images: [own] });
  const { fake } = world;
  const shown = await world.run(
    ["docker", "image", "inspect", "-f", "{{.Id}} {{.Architecture}}", NODE],
  );
  assert.equal(shown.stdout, `sha256:${own.image.fingerprint} amd64\n`);
  const pulled = await world.run(["docker", "pull", "-q", NODE]);
  assert.equal(pulled.stdout, `docker.io/${NODE}\n`);
  for (const env of [{}, { KINI_LXC_IMAGES: "kubeadm" }]) {
    const made = await world.run([...RUN, NODE], env);
    assert.equal(made.code, 0, made.stderr);
    const body = fake.bodies<InstancesPost>("POST /1.0/instances").at(-1);
    assert.equal(body?.source.fingerprint, own.image.fingerprint);
    await world.run(["docker", "rm", "-f", "n1"]);
  }
  assert.equal(fake.bodies("POST /1.0/images").length, 0);
});

Deno.test("other images, and other commands, don't use the kubeadm image's init", async () => {
  await using world = await World.start(["v1.35.0"]);
  const made = await world.run(
    [...RUN, "--entrypoint", "/bin/true", NODE],
  );
  assert.equal(made.code, 0, made.stderr);
  const { instance } = world.fake.instance("n1");
  assert.match(instance.config["raw.lxc"]!, /^lxc\.init\.cmd=/m);
  assert.match(instance.config["raw.lxc"]!, /^lxc\.net\.0\.ipv4/m);
});

Deno.test("kini info and docker info tell the mode and the images, and why", async () => {
  await using world = await World.start([]);
  const { stdout } = await world.run(["kini", "info"]);
  assert.match(stdout, /^Mode: +lxc \(the server has no OCI containers\)$/m);
  assert.match(
    stdout,
    /^Node images: kubeadm images of http\S+, else kindest\/node$/m,
  );
  assert.match(stdout, /^Nodes: +privileged$/m);
  assert.match(stdout, /^Network: +lxdbr0$/m);
  const { stdout: json } = await world.run(["kini", "info", "--json"], {
    KINI_UNPRIVILEGED: "true",
    KINI_LXC_IMAGES: "kindest",
  });
  const facts = JSON.parse(json);
  assert.equal(facts.nodeImages, "kindest/node");
  assert.equal(facts.unprivileged, true);
  const info = await world.run(["docker", "info"]);
  assert.match(info.stdout, /^ {2}Node Images: kubeadm images of http/m);
});

Deno.test("kini doctor asks the image server in LXC mode", async () => {
  await using world = await World.start(["v1.34.0", "v1.35.0"]);
  const check = async (env: Record<string, string>) => {
    const { stdout } = await world.run(["kini", "doctor", "--json"], env);
    const { checks } = JSON.parse(stdout);
    const found = checks.find(({ name }: { name: string }) =>
      name === "image-server"
    );
    return `${found.level}: ${found.found}`;
  };
  assert.match(await check({}), /^ok: http\S+ has 2 versions of Kubernetes$/);
  assert.match(
    await check({ KINI_LXC_IMAGES: "kindest" }),
    /^ok: not needed/,
  );
  const none = `${world.url}/none`;
  assert.match(await check({ KINI_IMAGE_SERVER: none }), /^warning: .* 404/);
  assert.match(
    await check({ KINI_IMAGE_SERVER: none, KINI_LXC_IMAGES: "kubeadm" }),
    /^failure: .* 404/,
  );
  assert.match(
    await check({ KINI_IMAGE_SERVER: "x" }),
    /^failure: KINI_IMAGE_SERVER is "x"/,
  );
});

Deno.test("docker run leaves the address of a kubeadm node to the network's own DHCP", async (t) => {
  const cases: [name: string, network: Partial<Network>][] = [
    ["a bridge without a subnet", { config: { "ipv4.address": "none" } }],
    ["another's bridge", { managed: false, config: {} }],
    ["OVN", { type: "ovn" }],
  ];
  for (const [name, network] of cases) {
    await t.step(name, async () => {
      await using world = await World.start(["v1.35.0"], { network });
      world.fake.onStart = (one) => void (one.leased = "192.0.2.9/24");
      const { code, stderr } = await world.run([...RUN, NODE]);
      assert.equal(code, 0, stderr);
      const [body] = world.fake.bodies<InstancesPost>("POST /1.0/instances");
      assert.equal(body!.devices.eth0?.["ipv4.address"], undefined);
      assert.doesNotMatch(body!.config["raw.lxc"] ?? "", /ipv4\.address/);
    });
  }
});
