import assert from "node:assert/strict";
import { loadAll } from "js-yaml";
import { seedFiles, seedLinks } from "./kubeadm_seeds.ts";

const FILES = seedFiles({
  version: "v1.35.0",
  uuid: "3f9e3c3e-0000-4000-8000-000000000000",
  hosts: "10.0.3.7\tn1\n",
  env: [
    "PATH=/bin",
    'HTTPS_PROXY=http://a%b"c\\d:1',
    "no_proxy=x y",
    "http_proxy=",
  ],
});

// deno-lint-ignore no-explicit-any -- objects as Kubernetes would parse them
type Any = any;

function objects(name: string): Any[] {
  return loadAll(FILES[`/kind/manifests/${name}.yaml`]!) as Any[];
}

/** Walks to every pod's specification. */
function podSpecs(all: Any[]): { namespace: string; spec: Any }[] {
  return all.filter(({ spec }) => spec?.template).map((one) => ({
    namespace: one.metadata.namespace,
    spec: one.spec.template.spec,
  }));
}

for (const name of ["default-cni", "default-storage"]) {
  Deno.test(`${name}.yaml has whole objects of kinds that are known`, () => {
    const all = objects(name);
    const seen = new Set<string>();
    for (const one of all) {
      assert.match(one.apiVersion, /^(v1|[a-z.0-9]+\/v1)$/);
      assert.match(one.kind, /^[A-Z][A-Za-z]+$/);
      const { name, namespace = "" } = one.metadata;
      assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      const key = `${one.kind}/${namespace}/${name}`;
      assert.ok(!seen.has(key), `${key} is there twice`);
      seen.add(key);
      if (namespace) {
        assert.ok(seen.has(`Namespace//${namespace}`), `no ${namespace}`);
      }
    }
  });

  Deno.test(`${name}.yaml refers to what is in it`, () => {
    const all = objects(name);
    const has = (kind: string, name: string, namespace?: string) =>
      assert.ok(
        all.some((one) =>
          one.kind === kind && one.metadata.name === name &&
          one.metadata.namespace === namespace
        ),
        `no ${kind} ${namespace ?? ""}/${name}`,
      );
    for (const one of all) {
      if (!/RoleBinding$/.test(one.kind)) continue;
      const { kind, name, apiGroup } = one.roleRef;
      assert.equal(apiGroup, "rbac.authorization.k8s.io");
      has(kind, name, kind === "Role" ? one.metadata.namespace : undefined);
      assert.ok(one.subjects.length > 0);
      for (const subject of one.subjects) {
        has(subject.kind, subject.name, subject.namespace);
      }
    }
    const pods = podSpecs(all);
    assert.equal(pods.length, 1);
    for (const { namespace, spec } of pods) {
      has("ServiceAccount", spec.serviceAccountName, namespace);
      const volumes = new Set(spec.volumes.map((one: Any) => one.name));
      const used = new Set<string>();
      for (const one of spec.volumes) {
        if (one.configMap) has("ConfigMap", one.configMap.name, namespace);
      }
      for (const one of [...spec.initContainers ?? [], ...spec.containers]) {
        assert.match(one.image, /^[a-z.]+(\/[a-z-]+)+:v[\w.-]+$/);
        for (const mount of one.volumeMounts) {
          assert.ok(volumes.has(mount.name), mount.name);
          used.add(mount.name);
        }
      }
      assert.deepEqual(used, volumes);
    }
    for (const one of all) {
      if (!one.spec?.selector) continue;
      const { labels } = one.spec.template.metadata;
      for (
        const [key, value] of Object.entries(one.spec.selector.matchLabels)
      ) {
        assert.equal(labels[key], value);
      }
    }
  });
}

Deno.test("default-cni.yaml is a template in kind's way, for the pod subnet alone", () => {
  const text = FILES["/kind/manifests/default-cni.yaml"]!;
  assert.match(text, /would you kindly template this file/);
  assert.doesNotMatch(text, /would you kindly patch this file/);
  assert.deepEqual(text.match(/\{\{.*?\}\}/g), ["{{ .PodSubnet }}"]);
});

Deno.test("default-storage.yaml has one storage class, the default", () => {
  const classes = objects("default-storage").filter(({ kind }) =>
    kind === "StorageClass"
  );
  assert.equal(classes.length, 1);
  const [{ metadata }] = classes;
  assert.equal(metadata.name, "standard");
  assert.equal(
    metadata.annotations["storageclass.kubernetes.io/is-default-class"],
    "true",
  );
  const config =
    objects("default-storage").find(({ kind }) => kind === "ConfigMap").data;
  assert.equal(JSON.parse(config["config.json"]).nodePathMap.length, 1);
  assert.equal((loadAll(config["helperPod.yaml"]) as Any[])[0].kind, "Pod");
});

for (
  const { subnet, want } of [
    {
      subnet: "10.244.0.0/16",
      want: {
        EnableIPv4: true,
        Network: "10.244.0.0/16",
        EnableIPv6: false,
        IPv6Network: "",
      },
    },
    {
      subnet: "fd00:10:244::/56",
      want: {
        EnableIPv4: false,
        Network: "",
        EnableIPv6: true,
        IPv6Network: "fd00:10:244::/56",
      },
    },
    {
      subnet: "fd00:10:244::/56,10.244.0.0/16",
      want: {
        EnableIPv4: true,
        Network: "10.244.0.0/16",
        EnableIPv6: true,
        IPv6Network: "fd00:10:244::/56",
      },
    },
  ]
) {
  Deno.test(`flannel's network of pods in ${subnet}`, async () => {
    const { data } = objects("default-cni").find(({ kind }) =>
      kind === "ConfigMap"
    );
    JSON.parse(data["cni-conf.json"]);
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/net-conf.json`;
      await Deno.writeTextFile(`${folder}/net-conf.sh`, data["net-conf.sh"]);
      const { success, stderr } = await new Deno.Command("sh", {
        args: [`${folder}/net-conf.sh`, file],
        env: { POD_SUBNET: subnet },
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), {
        ...want,
        EnableNFTables: false,
        Backend: { Type: "vxlan" },
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("seedFiles() gives kind one line of version, and systemd the proxies", () => {
  assert.equal(FILES["/kind/version"], "v1.35.0");
  assert.equal(FILES["/kind/version.txt"], "v1.35.0");
  assert.equal(FILES["/kind/product_name"], "kind\n");
  assert.match(FILES["/kind/product_uuid"]!, /^3f9e3c3e-[-0-9]+\n$/);
  assert.equal(
    FILES["/etc/systemd/system.conf.d/90-kini.conf"],
    `[Manager]
ShowStatus=yes
DefaultEnvironment="HTTPS_PROXY=http://a%%b\\"c\\\\d:1"
DefaultEnvironment="no_proxy=x y"
`,
  );
});

Deno.test("seedLinks() lead to seeds, or to nothing", () => {
  for (const target of Object.values(seedLinks())) {
    assert.ok(target === "/dev/null" || target in FILES, target);
  }
});

Deno.test("node-setup.sh is a shell script without errors of grammar", async () => {
  const child = new Deno.Command("sh", { args: ["-n"], stdin: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(
    new TextEncoder().encode(FILES["/kind/node-setup.sh"]),
  );
  await writer.close();
  assert.equal((await child.status).code, 0);
});
