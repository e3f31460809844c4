import assert from "node:assert/strict";
import { renderValue } from "./format.ts";
import { alignTable } from "./table.ts";
import { versionText, versionView } from "./version_view.ts";

const CLIENT = {
  version: "26.1.5",
  build: "kini-0.1.0",
  architecture: "amd64",
};
const SERVER = {
  product: "Incus",
  version: "7.0.2",
  apiVersion: "1.0",
  kernelVersion: "6.12.0",
  architecture: "amd64",
  runtime: { name: "lxc", version: "6.0.4" },
};

Deno.test("versionView() names client and server", () => {
  const view = versionView(CLIENT, SERVER);
  assert.equal(
    renderValue(view, "{{.Client.Version}} {{.Server.Version}}"),
    "26.1.5 7.0.2\n",
  );
  assert.equal(
    renderValue(versionView(CLIENT, undefined), "{{json .Server}}"),
    "null\n",
  );
});

Deno.test("versionText() leaves out a server that does not answer", () => {
  const options = { minWidth: 20, padding: 1 };
  const alone = alignTable(versionText(CLIENT, undefined), options);
  assert.equal(
    alone,
    `Client:
 Version:           26.1.5
 API version:       1.45
 Git commit:        kini-0.1.0
 OS/Arch:           linux/amd64
 Context:           default
`,
  );
  const both = alignTable(versionText(CLIENT, SERVER), options);
  assert.ok(both.startsWith(alone), both);
  assert.match(both, /\nServer:\n Incus:\n {2}Version: {10}7\.0\.2\n/);
});
