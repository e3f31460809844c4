import assert from "node:assert/strict";
import { proxyFor } from "./https_proxy.ts";

const PROXY = "http://proxy.test:3128";

Deno.test("proxyFor() obeys HTTPS_PROXY and NO_PROXY", async (t) => {
  const cases: [string, Record<string, string>, boolean][] = [
    ["https://10.1.2.3:8443", {}, false],
    ["https://10.1.2.3:8443", { HTTPS_PROXY: PROXY }, true],
    ["https://10.1.2.3:8443", { https_proxy: "proxy.test:3128" }, true],
    ["https://10.1.2.3:8443", { HTTP_PROXY: PROXY, ALL_PROXY: PROXY }, false],
    ...["127.0.0.1", "127.1.2.3", "localhost", "[::1]"].map((host) =>
      [`https://${host}:8443`, { HTTPS_PROXY: PROXY }, false] as [
        string,
        Record<string, string>,
        boolean,
      ]
    ),
    ...([
      ["https://10.1.2.3:8443", "10.1.2.3", false],
      ["https://10.1.2.3:8443", "x, 10.1.2.3:8443", false],
      ["https://10.1.2.3:8443", "10.1.2.3:8444", true],
      ["https://10.1.2.3:8443", "10.0.0.0/8", false],
      ["https://10.1.2.3:8443", "11.0.0.0/8,10.0.0.0/99,10.0.0.0/x", true],
      ["https://10.1.2.3:8443", "*", false],
      ["https://10.1.2.3:8443", ".2.3", true],
      ["https://[fd00::1]:8443", "fd00::/8", false],
      ["https://[fd00::1]:8443", "[fd00::1]:8443", false],
      ["https://[fd00::1]:8443", "fd00::2,10.0.0.0/8", true],
      ["https://a.lab.test:8443", "LAB.test", false],
      ["https://a.lab.test:8443", ".lab.test", false],
      ["https://a.lab.test:8443", "*.lab.test", false],
      ["https://a.lab.test:8443", "a.lab.test:443", true],
      ["https://a.lab.test", "a.lab.test:443", false],
      ["https://lab.test:8443", ".lab.test", true],
      ["https://slab.test:8443", "lab.test", true],
    ] as const).map(([address, except, want]) =>
      [address, { HTTPS_PROXY: PROXY, no_proxy: except }, want] as [
        string,
        Record<string, string>,
        boolean,
      ]
    ),
  ];
  for (const [address, env, want] of cases) {
    await t.step(`${address} ${JSON.stringify(env)}`, () => {
      const proxy = proxyFor(new URL(address), (name) => env[name]);
      assert.equal(proxy?.host, want ? "proxy.test:3128" : undefined);
    });
  }
});

Deno.test("proxyFor() refuses what is no such proxy", () => {
  for (const url of ["socks5://p:1", "https://p:1", "http://"]) {
    assert.throws(
      () =>
        proxyFor(
          new URL("https://[fd00::1]:8443"),
          (name) => name === "https_proxy" ? url : undefined,
        ),
      {
        name: "RangeError",
        message: /With "fd00::1" in NO_PROXY there is none$/,
      },
    );
  }
});
