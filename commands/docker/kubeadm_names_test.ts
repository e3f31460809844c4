import assert from "node:assert/strict";
import {
  addCertificateName,
  takesKubeadmConfig,
  withCertificateName,
} from "./kubeadm_names.ts";

Deno.test("addCertificateName() adds the host to every list of names", () => {
  const cases = [
    {
      input:
        "apiServer:\n  certSANs:\n  - localhost\n  - 127.0.0.1\nkind: ClusterConfiguration\n",
      want:
        'apiServer:\n  certSANs:\n  - "10.1.2.3"\n  - localhost\n  - 127.0.0.1\nkind: ClusterConfiguration\n',
    },
    {
      input: 'apiServer:\n  certSANs: [localhost, "127.0.0.1"]\n',
      want: 'apiServer:\n  certSANs: ["10.1.2.3", localhost, "127.0.0.1"]\n',
    },
    { input: "kind: JoinConfiguration\n", want: "kind: JoinConfiguration\n" },
    { input: "", want: "" },
  ];
  for (const { input, want } of cases) {
    assert.equal(addCertificateName(input, "10.1.2.3"), want);
  }
});

Deno.test("takesKubeadmConfig() knows kind's way of writing it", () => {
  assert.ok(takesKubeadmConfig(["cp", "/dev/stdin", "/kind/kubeadm.conf"]));
  for (
    const words of [
      ["cp", "/dev/stdin", "/etc/hosts"],
      ["cat", "/kind/kubeadm.conf"],
      ["cp", "/dev/stdin", "/kind/kubeadm.conf", "x"],
      [],
    ]
  ) assert.ok(!takesKubeadmConfig(words));
});

Deno.test("withCertificateName() hands over all of its input, then its end", async () => {
  const pieces = ["certSANs:\n", "- localhost\n"];
  const read = await withCertificateName((buffer) => {
    const piece = pieces.shift();
    if (piece === undefined) return Promise.resolve(null);
    buffer.set(new TextEncoder().encode(piece));
    return Promise.resolve(piece.length);
  }, ["far", "near"]);
  const small = new Uint8Array(7);
  let text = "";
  for (let count; (count = await read(small)) !== null;) {
    text += new TextDecoder().decode(small.subarray(0, count));
  }
  assert.equal(text, 'certSANs:\n- "far"\n- "near"\n- localhost\n');
});
