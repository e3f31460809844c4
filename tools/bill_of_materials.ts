/**
 * Prints what the binaries are made of, as CycloneDX 1.5: the packages of
 * `deno.lock`, which are bundled, and the Deno runtime, whose version is the
 * argument, or that of `package-lock.json`.
 *
 * @module
 */

interface Lock {
  npm: Record<string, { integrity: string; dependencies?: string[] }>;
}

const root = new URL("../", import.meta.url);

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(name, root))) as T;
}

/** `sha512-BASE64`, as the lock files have it → the sum in hexadecimal. */
function hashOf(integrity: string): { alg: string; content: string } {
  const [name = "", base64 = ""] = integrity.split("-", 2);
  const content = Array.from(
    atob(base64),
    (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0"),
  ).join("");
  return { alg: name.replace(/^sha(\d+)$/, "SHA-$1"), content };
}

/** The document; the same for the same lock files. */
export async function billOfMaterials(
  runtimeVersion?: string,
): Promise<Record<string, unknown>> {
  const [{ version }, lock, tools] = await Promise.all([
    readJson<{ version: string }>("deno.json"),
    readJson<Lock>("deno.lock"),
    readJson<
      { packages: Record<string, { version: string; license: string }> }
    >(
      "package-lock.json",
    ),
  ]);
  const deno = tools.packages["node_modules/deno"]!;
  const denoVersion = runtimeVersion ?? deno.version;
  const runtime = `pkg:github/denoland/deno@v${denoVersion}`;
  const components = Object.entries(lock.npm).map(([key, { integrity }]) => {
    const at = key.lastIndexOf("@");
    const [name, release] = [key.slice(0, at), key.slice(at + 1)];
    const purl = `pkg:npm/${name.replace("@", "%40")}@${release}`;
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version: release,
      purl,
      hashes: [hashOf(integrity)],
    };
  });
  const refs = new Map(components.map((one) => [one.name, one["bom-ref"]]));
  const kini = `pkg:generic/kini@${version}`;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": kini,
        name: "kini",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtime,
        name: "deno",
        version: denoVersion,
        purl: runtime,
        licenses: [{ license: { id: deno.license } }],
      },
      ...components,
    ],
    dependencies: [
      { ref: kini, dependsOn: [runtime, ...refs.values()] },
      ...Object.entries(lock.npm).map(([key, { dependencies = [] }]) => ({
        ref: refs.get(key.slice(0, key.lastIndexOf("@"))),
        dependsOn: dependencies.map((name) => refs.get(name)),
      })),
    ],
  };
}

if (import.meta.main) {
  const text = JSON.stringify(await billOfMaterials(Deno.args[0]), null, 2);
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}
