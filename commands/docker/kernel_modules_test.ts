import assert from "node:assert/strict";
import type { IncusClient } from "../../incus/client.ts";
import { loadableModules } from "./kernel_modules.ts";

/** A machine's files, and a server that says which kernel it has. */
async function withMachine(
  files: Record<string, string>,
  run: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${root}${path.replace(/\/[^/]*$/, "")}`, {
        recursive: true,
      });
      await Deno.writeTextFile(`${root}${path}`, text);
    }
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function serverWith(kernel: string): IncusClient {
  return {
    server: () => Promise.resolve({ environment: { kernel_version: kernel } }),
  } as unknown as IncusClient;
}

const KERNEL = { "/proc/sys/kernel/osrelease": "6.12.1-x\n" };
const LIST = {
  "/lib/modules/6.12.1-x/modules.dep": [
    "kernel/fs/overlayfs/overlay.ko.zst:",
    "kernel/net/bridge/br_netfilter.ko.xz: kernel/net/bridge/bridge.ko.xz",
    "kernel/net/netfilter/ipvs/ip_vs.ko: kernel/net/netfilter/nf_conntrack.ko",
    "kernel/net/ipv4/netfilter/nf_nat_pptp.ko:",
    "kernel/net/netfilter/nf_nat_ftp.ko: kernel/net/netfilter/nf_nat.ko",
  ].join("\n"),
};

Deno.test("loadableModules() names what the machine has and has not loaded", async () => {
  await withMachine(
    { ...KERNEL, ...LIST, "/sys/module/overlay/uevent": "" },
    async (root) => {
      assert.deepEqual(await loadableModules(serverWith("6.12.1-x"), root), [
        "br_netfilter",
        "ip_vs",
      ]);
    },
  );
});

Deno.test("loadableModules() names none without a list, or of another machine", async () => {
  await withMachine({ ...KERNEL }, async (root) => {
    assert.deepEqual(await loadableModules(serverWith("6.12.1-x"), root), []);
  });
  await withMachine({ ...KERNEL, ...LIST }, async (root) => {
    assert.deepEqual(await loadableModules(serverWith("6.12.1-y"), root), []);
  });
});
