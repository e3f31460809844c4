/**
 * `docker pull`, `push`, `login` and `logout`, with a registry on this machine.
 */
import assert from "node:assert/strict";
import {
  errorResponse,
  FakeRegistry,
  type Handler,
  serve,
} from "../images/fake_registry.ts";
import { ImageStore } from "../images/store.ts";
import { selfSignedCertificate } from "../images/self_signed_certificate.ts";
import { image, pulledImage } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini, type RunOptions } from "./harness.ts";

const AMD64 = { os: "linux", architecture: "amd64" };

/** A home folder of the test's own, and a way to run docker in it. */
async function withHome(
  fake: FakeIncus,
  test: (home: {
    path: string;
    store: string;
    docker(line: string, options?: RunOptions): ReturnType<typeof runKini>;
  }) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await test({
      path,
      store: `${path}/.cache/kini/images`,
      docker: (line, { env, ...options } = {}) =>
        runKini(["docker", ...line.split(" ")], {
          fake,
          env: { HOME: path, KINI_CACHE: `${path}/.cache/kini`, ...env },
          ...options,
        }),
    });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** A registry with one image of two layers, `a/b:1`. */
async function fakeRegistry() {
  const fake = new FakeRegistry();
  const layers = [
    await fake.addLayer("a/b", new Uint8Array(100).fill(1)),
    await fake.addLayer("a/b", new Uint8Array(200).fill(2)),
  ];
  const config = {
    ...AMD64,
    config: { Cmd: ["sh"] },
    rootfs: {
      type: "layers",
      diff_ids: ["1", "2"].map((one) => `sha256:${one.repeat(64)}`),
    },
  };
  const added = await fake.addImage("a/b", config, { names: ["1"], layers });
  const short = layers.map(({ digest }) => digest.slice(7, 19));
  return { fake, layers, short, ...added };
}

/** Lets in only who shows a name and a password. */
function guarded(handler: Handler): Handler {
  return (request) =>
    request.headers.get("authorization") === `Basic ${btoa("me:secret")}`
      ? handler(request)
      : errorResponse(401, "UNAUTHORIZED", "authentication required", {
        "www-authenticate": 'Basic realm="lab"',
      });
}

Deno.test("docker pull puts into the local store what the server can't fetch", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, short, manifest } = await fakeRegistry();
  await using served = serve(registry.handler);
  const name = `${served.registry}/a/b:1`;
  await withHome(fake, async ({ docker, store }) => {
    const first = await docker(`pull ${name}`);
    assert.deepEqual([first.stderr, first.code], ["", 0]);
    const lines = first.stdout.split("\n");
    const [lower, upper] = short;
    assert.deepEqual(lines.slice(0, 3), [
      "1: Pulling from a/b",
      `${lower}: Pulling fs layer`,
      `${upper}: Pulling fs layer`,
    ]);
    assert.deepEqual(lines.slice(-4), [
      `Digest: ${manifest.digest}`,
      `Status: Downloaded newer image for ${name}`,
      name,
      "",
    ]);
    const middle = lines.slice(3, -4);
    assert.deepEqual(
      middle.toSorted(),
      [lower, upper].flatMap((layer) => [
        `${layer}: Download complete`,
        `${layer}: Pull complete`,
        `${layer}: Verifying Checksum`,
      ]).toSorted(),
    );
    assert.ok(
      middle.indexOf(`${lower}: Pull complete`) <
        middle.indexOf(`${upper}: Pull complete`),
    );
    assert.deepEqual(
      (await (await ImageStore.open(store)).list()).map(({ name }) => name),
      [name],
    );
    assert.equal(
      fake.requestLines().filter((line) => !line.startsWith("GET ")).length,
      0,
    );

    assert.equal(
      (await docker(`pull ${name}`)).stdout,
      `1: Pulling from a/b\nDigest: ${manifest.digest}\n` +
        `Status: Image is up to date for ${name}\n${name}\n`,
    );
    assert.equal((await docker(`pull -q ${name}`)).stdout, `${name}\n`);
    const off = await docker(`pull ${served.registry}/a/b@${manifest.digest}`, {
      env: { KINI_CACHE: "no" },
    });
    assert.match(off.stderr, /KINI_CACHE allows no image store: unset it\n$/);
  });
});

Deno.test("docker pull shows each layer on its own line of a terminal", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, short: [lower, upper] } = await fakeRegistry();
  await using served = serve(registry.handler);
  await withHome(fake, async ({ docker }) => {
    const { stdout } = await docker(`pull ${served.registry}/a/b:1`, {
      terminal: true,
      terminalSize: { columns: 120, rows: 40 },
    });
    assert.ok(stdout.startsWith(
      `1: Pulling from a/b\n${lower}: Pulling fs layer\n` +
        `${upper}: Pulling fs layer\n`,
    ));
    for (const [up, layer, size] of [[2, lower, 100], [1, upper, 200]]) {
      const bar = `[>${" ".repeat(50)}]       0B/${size}B`;
      for (const text of [`Downloading ${bar}`, "Pull complete"]) {
        const line = `\x1b[${up}A\x1b[2K\r${layer}: ${text}\r\x1b[${up}B`;
        assert.ok(stdout.includes(line), JSON.stringify([line, stdout]));
      }
    }
  });
});

Deno.test("docker pull writes plain lines on a terminal that can't redraw", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, short: [lower] } = await fakeRegistry();
  await using served = serve(registry.handler);
  await withHome(fake, async ({ docker }) => {
    const { stdout } = await docker(`pull ${served.registry}/a/b:1`, {
      terminal: true,
      env: { TERM: "dumb" },
    });
    assert.ok(!stdout.includes("\x1b") && !stdout.includes("\r"));
    assert.ok(stdout.includes(`\n${lower}: Pull complete\n`), stdout);
  });
});

Deno.test("docker pull has the server fetch what it can, and no more than that", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, manifest, configDigest } = await fakeRegistry();
  const tls = await selfSignedCertificate();
  await using served = serve(registry.handler, tls);
  const name = `${served.registry}/a/b:1`;
  const source = `${served.registry}/a/b@${manifest.digest}`;
  fake.addToRegistry(image(source));
  await withHome(fake, async ({ docker, path, store }) => {
    await Deno.writeTextFile(`${path}/ca.pem`, tls.cert);
    const env = { SSL_CERT_FILE: `${path}/ca.pem` };
    const { stdout, stderr, code } = await docker(`pull ${name}`, { env });
    assert.deepEqual([stderr, code], ["", 0]);
    assert.equal(
      stdout,
      `1: Pulling from a/b\nDigest: ${manifest.digest}\n` +
        `Status: Downloaded newer image for ${name}\n${name}\n`,
    );
    assert.equal(fake.bodies("POST /1.0/images").length, 1);
    await assert.rejects(Deno.stat(store), Deno.errors.NotFound);
    const shown = await docker(`image inspect --format {{.Id}} ${name}`);
    assert.equal(shown.stdout, `${configDigest}\n`);
  });
});

Deno.test("docker pull takes over what the server may not fetch", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, manifest } = await fakeRegistry();
  const tls = await selfSignedCertificate();
  await using served = serve(guarded(registry.handler), tls);
  const name = `${served.registry}/a/b:1`;
  await withHome(fake, async ({ docker, path, store }) => {
    await Deno.writeTextFile(`${path}/ca.pem`, tls.cert);
    const env = { SSL_CERT_FILE: `${path}/ca.pem` };
    const login = await docker(
      `login -u me --password-stdin ${served.registry}`,
      { env, stdin: "secret\n" },
    );
    assert.equal(login.stdout, "Login Succeeded\n");
    const { stdout, stderr } = await docker(`pull ${name}`, { env });
    assert.equal(stderr, "");
    assert.equal(stdout.split("Pulling from").length, 2);
    assert.ok(stdout.includes(`\nDigest: ${manifest.digest}\n`));
    assert.equal((await (await ImageStore.open(store)).list()).length, 1);
  });
});

Deno.test("docker pull --platform looks at what came", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry } = await fakeRegistry();
  await using served = serve(registry.handler);
  const name = `${served.registry}/a/b:1`;
  const bad = (text: string, why: string) => [
    `pull --platform ${text} ${name}`,
    `Error response from daemon: "${text}": ${why}: invalid argument\n`,
  ];
  const cases = [
    [
      `pull --platform linux/arm64 ${name}`,
      `image with reference ${name} was found but does not match the ` +
      "specified platform: wanted linux/arm64, actual: linux/amd64\n",
    ],
    bad("a/b/c/d", "cannot parse platform specifier"),
    bad("nonsense", "unknown operating system or architecture"),
    [`pull --platform amd64 ${name}`, ""],
    [`pull --platform linux/x86_64 ${name}`, ""],
  ];
  await withHome(fake, async ({ docker }) => {
    for (const [line = "", want] of cases) {
      const { stderr, code } = await docker(line);
      assert.deepEqual([stderr, code], [want, want ? 1 : 0], line);
    }
  });
});

Deno.test("docker pull -a fetches every tag", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, manifest } = await fakeRegistry();
  registry.content.set(
    "a/b/manifests/2",
    registry.content.get("a/b/manifests/1")!,
  );
  await using served = serve(registry.handler);
  const name = `${served.registry}/a/b`;
  await withHome(fake, async ({ docker }) => {
    const { stdout } = await docker(`pull -a ${name}`);
    assert.ok(stdout.endsWith(
      `Digest: ${manifest.digest}\n2: Pulling from a/b\n` +
        `Digest: ${manifest.digest}\n` +
        `Status: Downloaded newer image for ${name}\n${name}\n`,
    ));
    const quiet = await docker(`pull -a -q ${name}`);
    assert.equal(quiet.stdout, `${name}\n`);
    const tagged = await docker(`pull -a ${name}:1`);
    assert.deepEqual([tagged.stderr, tagged.code], [
      "tag can't be used with --all-tags/-a\n",
      1,
    ]);
    const none = await docker(`pull -a ${served.registry}/none`);
    assert.equal(
      none.stderr,
      `Error response from daemon: repository ${served.registry}/none not ` +
        "found: name unknown: repository name not known to registry\n",
    );
  });
});

Deno.test("docker push sends an image of the store, and notes its digest", async () => {
  await using fake = await FakeIncus.start();
  const { fake: registry, manifest } = await fakeRegistry();
  await using from = serve(registry.handler);
  const target = new FakeRegistry();
  await using to = serve(guarded(target.handler));
  const name = `${to.registry}/x:1`;
  await withHome(fake, async ({ docker }) => {
    await docker(`pull -q ${from.registry}/a/b:1`);
    await docker(`tag ${from.registry}/a/b:1 ${name}`);
    const begin = `The push refers to repository [${to.registry}/x]\n` +
      "222222222222: Preparing\n111111111111: Preparing\n";
    const refused = await docker(`push ${name}`);
    assert.deepEqual([refused.stdout, refused.stderr, refused.code], [
      begin,
      "no basic auth credentials\n",
      1,
    ]);
    await docker(`login -u me -p secret ${to.registry}`);
    const pushed = await docker(`push ${name}`);
    assert.equal(pushed.stderr, "");
    const lines = pushed.stdout.slice(begin.length).split("\n");
    assert.deepEqual(lines.slice(0, 2).sort(), [
      "111111111111: Pushed",
      "222222222222: Pushed",
    ]);
    const end = `1: digest: ${manifest.digest} size: ${manifest.size}`;
    assert.deepEqual(lines.slice(2), [end, ""]);
    const { stdout } = await docker(
      `image inspect --format {{.RepoDigests}} ${name}`,
    );
    const digests = [from.registry + "/a/b", to.registry + "/x"]
      .map((one) => `${one}@${manifest.digest}`);
    assert.equal(stdout, `[${digests.sort().join(" ")}]\n`);

    await docker(`tag ${name} ${to.registry}/x:2`);
    const all = await docker(`push -a ${to.registry}/x`);
    assert.equal(all.stdout.split("Layer already exists").length, 5);
    assert.ok(all.stdout.endsWith(`\n2: ${end.slice(3)}\n`));
    const quiet = await docker(`push -q ${name}`);
    assert.equal(quiet.stdout, `${name}\n`);
  });
});

Deno.test("docker push refuses names as docker does", async () => {
  await using fake = await FakeIncus.start({
    images: [pulledImage("docker.io/a/b:1")],
  });
  const refers = "The push refers to repository [docker.io/";
  const cases = [
    ["-a a/b:1", "", "tag can't be used with --all-tags/-a\n"],
    [`a/b@sha256:${"1".repeat(64)}`, "", "cannot push a digest reference\n"],
    ["a/b:2", `${refers}a/b]\n`, "tag does not exist: a/b:2\n"],
    [
      "none",
      `Using default tag: latest\n${refers}library/none]\n`,
      "An image does not exist locally with the tag: none\n",
    ],
    [
      "Foo",
      "",
      "invalid reference format: repository name (library/Foo) must be " +
      "lowercase\n",
    ],
  ];
  await withHome(fake, async ({ docker }) => {
    for (const [line, out, err] of cases) {
      const { stdout, stderr, code } = await docker(`push ${line}`);
      assert.deepEqual([stdout, stderr, code], [out, err, 1], line);
    }
  });
});

const INSECURE = "WARNING! Using --password via the CLI is insecure. Use " +
  "--password-stdin.\n";

function unencrypted(home: string): string {
  return `WARNING! Your password will be stored unencrypted in ${home}/.docker/config.json.\n` +
    "Configure a credential helper to remove this warning. See\n" +
    "https://docs.docker.com/engine/reference/commandline/login/" +
    "#credentials-store\n\n";
}

Deno.test("docker login keeps what the registry takes, and logout forgets it", async () => {
  await using fake = await FakeIncus.start();
  await using served = serve(guarded(new FakeRegistry().handler));
  const { registry } = served;
  await withHome(fake, async ({ docker, path }) => {
    const config = `${path}/.docker/config.json`;
    const wrong = await docker(`login -u me -p no ${registry}`);
    assert.deepEqual([wrong.stdout, wrong.stderr, wrong.code], [
      "",
      `${INSECURE}Error response from daemon: login attempt to ` +
      `http://${registry}/v2/ failed with status: 401 Unauthorized\n`,
      1,
    ]);
    await assert.rejects(Deno.stat(config), Deno.errors.NotFound);

    const good = await docker(`login -u me -p secret http://${registry}/v1/`);
    assert.deepEqual([good.stdout, good.stderr, good.code], [
      "Login Succeeded\n",
      INSECURE + unencrypted(path),
      0,
    ]);
    assert.equal(
      await Deno.readTextFile(config),
      `{\n\t"auths": {\n\t\t"${registry}": {\n\t\t\t"auth": ` +
        `"${btoa("me:secret")}"\n\t\t}\n\t}\n}`,
    );
    assert.equal((await Deno.stat(config)).mode! & 0o777, 0o600);

    const known = await docker(`login ${registry}`);
    assert.equal(
      known.stdout,
      "Authenticating with existing credentials...\nLogin Succeeded\n",
    );
    const removing = `Removing login credentials for ${registry}\n`;
    for (let times = 0; times < 2; times++) {
      const { stdout } = await docker(`logout https://${registry}/`);
      assert.equal(stdout, removing);
    }
    assert.deepEqual(JSON.parse(await Deno.readTextFile(config)), {
      auths: {},
    });
    assert.equal(
      (await docker("logout")).stdout,
      "Removing login credentials for https://index.docker.io/v1/\n",
    );
  });
});

Deno.test("docker login asks on a terminal, and nowhere else", async () => {
  await using fake = await FakeIncus.start();
  await using served = serve(guarded(new FakeRegistry().handler));
  const { registry } = served;
  await withHome(fake, async ({ docker }) => {
    const asked = await docker(`login ${registry}`, {
      terminal: true,
      stdin: "me\nsexx\x7f\x7fcret\r",
    });
    assert.equal(asked.stdout, "Username: Password: \nLogin Succeeded\n");
    await docker(`logout ${registry}`);
    const interactive =
      "Error: Cannot perform an interactive login from a non TTY device\n";
    const cases = [
      [`login ${registry}`, interactive],
      [`login -u me ${registry}`, interactive],
      [`login -u me --password-stdin ${registry}`, interactive],
      [
        `login --password-stdin ${registry}`,
        "Must provide --username with --password-stdin\n",
      ],
      [
        `login -u me -p a --password-stdin ${registry}`,
        `${INSECURE}--password and --password-stdin are mutually exclusive\n`,
      ],
    ];
    for (const [line = "", want] of cases) {
      const { stdout, stderr, code } = await docker(line, { stdin: "" });
      assert.deepEqual([stdout, stderr, code], ["", want, 1], line);
    }
  });
});
