import assert from "node:assert/strict";
import {
  container,
  containerState,
  endpoint,
} from "../tests/container_builders.ts";
import type { Container, ContainerState } from "./container.ts";
import {
  containerRow,
  containerRowOptions,
  statusText,
} from "./container_row.ts";
import { renderRows } from "./format.ts";

const NOW = new Date("2026-01-02T03:09:05Z");

function format(
  shown: Container,
  template: string,
  options: { noTrunc?: boolean; size?: boolean; quiet?: boolean } = {},
): string {
  const { noTrunc = false, size = false, quiet = false } = options;
  const row = containerRow(shown, { now: NOW, noTrunc });
  return renderRows([row], template, containerRowOptions({ size, quiet }));
}

Deno.test("containerRow() has the columns of docker ps", () => {
  const shown = container({}, { id: "0123456789abcdef".repeat(4) });
  assert.equal(
    format(shown, ""),
    `CONTAINER ID   IMAGE          COMMAND        CREATED         STATUS         PORTS     NAMES
0123456789ab   busybox:1.37   "sleep 1000"   5 minutes ago   Up 5 minutes             c1
`,
  );
  assert.equal(format(shown, "", { quiet: true }), "0123456789ab\n");
  assert.match(format(shown, "", { size: true }), /NAMES {5}SIZE\n.*0B\n$/);
});

Deno.test("containerRow() has the raw format of docker ps", () => {
  const shown = container({}, {
    id: "0123456789abcdef".repeat(4),
    labels: { b: "2", a: "1" },
  });
  assert.match(
    format(shown, "raw"),
    /^container_id: 0123456789ab\nimage: busybox:1.37\ncommand: "sleep 1000"\ncreated_at: 2026-01-02 .*\nstate: running\nstatus: Up 5 minutes\nnames: c1\nlabels: a=1,b=2\nports:\n\n$/,
  );
});

Deno.test("containerRow() shows fields as docker does", () => {
  const shown = container({
    image: "kindest/node:v1.35.0@sha256:" + "a".repeat(64),
    entrypoint: ["/usr/local/bin/entrypoint", "/sbin/init"],
    cmd: ["--flag", "two words"],
    mounts: [{
      type: "volume",
      name: "0123456789abcdef0123",
      source: "",
      destination: "/var",
      mode: "",
      readonly: false,
      propagation: "",
    }],
  }, {
    labels: { "io.x-k8s.kind.cluster": "kind" },
    endpoints: [endpoint(), endpoint({ network: "kind" })],
  });
  const cases: [template: string, short: string, whole: string][] = [
    ["{{.Names}}", "c1", "c1"],
    [
      "{{.Image}}",
      "kindest/node:v1.35.0",
      `kindest/node:v1.35.0@sha256:${"a".repeat(64)}`,
    ],
    [
      "{{.Command}}",
      '"/usr/local/bin/entr…"',
      "\"/usr/local/bin/entrypoint /sbin/init --flag 'two words'\"",
    ],
    ["{{.Mounts}}", "0123456789abcd…", "0123456789abcdef0123"],
    ['{{.Label "io.x-k8s.kind.cluster"}}', "kind", "kind"],
    ['{{.Label "other"}}', "", ""],
    ["{{.Networks}} {{.LocalVolumes}}", "bridge,kind 1", "bridge,kind 1"],
    ["{{.State}}|{{.Size}}", "running|0B", "running|0B"],
  ];
  for (const [template, short, whole] of cases) {
    assert.equal(format(shown, template), `${short}\n`, template);
    assert.equal(
      format(shown, template, { noTrunc: true }),
      `${whole}\n`,
      template,
    );
  }
});

Deno.test("statusText() says how long a container has been what it is", () => {
  const cases: [state: Partial<ContainerState>, want: string][] = [
    [{}, "Up 5 minutes"],
    [{ status: "paused" }, "Up 5 minutes (Paused)"],
    [{ status: "created", startedAt: "" }, "Created"],
    [{ status: "dead" }, "Dead"],
    [
      { status: "exited", exitCode: 3, finishedAt: "2026-01-02T03:09:00Z" },
      "Exited (3) 5 seconds ago",
    ],
    [{ status: "exited", exitCode: 0 }, "Exited (0)"],
  ];
  for (const [state, want] of cases) {
    const shown = container({}, { state: containerState(state) });
    assert.equal(statusText(shown, NOW), want);
  }
});
