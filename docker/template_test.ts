import assert from "node:assert/strict";

import { rawView } from "./go_json.ts";
import {
  goFloat,
  type GoInput,
  GoMap,
  goMap,
  goNamed,
  goNil,
  goRow,
  goSlice,
  goStruct,
} from "./go_value.ts";
import { alignTable } from "./table.ts";
import { parseTemplate, TemplateError } from "./template.ts";
import golden from "./template_golden.json" with { type: "json" };

function container() {
  const endpoint = (ip: string, ipv6: string, aliases: GoInput) =>
    goStruct("main.Endpoint", {
      IPAddress: ip,
      GlobalIPv6Address: ipv6,
      Aliases: aliases,
    });
  const mount = (source: string, destination: string) =>
    goStruct("main.Mount", { Source: source, Destination: destination });
  const none = goNil("[]string");
  return goStruct("main.Container", {
    "ID:Id": "abc123",
    Name: "/kind-control-plane",
    Size: goNamed("int64", 1234567),
    Ratio: 1.5,
    Big: goFloat(1e6),
    State: goStruct("*main.State", {
      Status: "running",
      Running: true,
      Pid: 42,
      "Health,omitempty": goNil("*main.Health"),
    }),
    Config: goStruct("*main.Config", {
      Hostname: "node",
      Image: "kindest/node:v1.33.0",
      Cmd: ["a", "b"],
      Labels: { "io.x-k8s.kind.role": "control-plane", a: "1" },
      Env: ["A=1", "B=2"],
      Empty: [],
      NilMap: goNil("map[string]string"),
    }),
    NetworkSettings: goStruct("*main.Net", {
      Ports: goMap({
        "6443/tcp": [
          goStruct("main.Port", {
            "HostIP:HostIp": "127.0.0.1",
            HostPort: "38143",
          }),
        ],
        "80/tcp": goNil("[]main.Port"),
      }, "map[main.PortKey][]main.Port"),
      Networks: goMap(
        {
          kind: endpoint("172.18.0.2", "fc00::2", none),
          bridge: endpoint("10.0.0.2", "", ["x"]),
        },
        "map[string]main.Endpoint",
        endpoint("", "", none),
      ),
    }),
    Mounts: [mount("/a", "/b"), mount("/c", "/d")],
    Any: goMap({
      s: "x",
      n: null,
      l: goSlice(["q", 1, true], "[]interface {}"),
      m: goMap({ k: "v" }, "map[string]interface {}"),
    }, "map[string]interface {}"),
    Html: "<a&\"b'>\u2028",
  });
}

function render(kind: string, template: string): string {
  const parsed = parseTemplate(template);
  switch (kind) {
    case "typed":
      return parsed.execute(container());
    case "raw":
      return parsed.execute(rawView(container()), { missingKey: "error" });
    case "row":
      return parsed.execute(
        goRow("*main.Row", {
          ID: "abc",
          Names: "kind-control-plane",
          Ports: "0.0.0.0:80->80/tcp",
        }, { Label: (name) => name === "a.b" ? "v" : "" }),
      );
    case "header":
      return parsed.execute(
        new GoMap("main.Header", { ID: "CONTAINER ID", Names: "NAMES" }, {
          methods: {
            Label: (name) =>
              (name.split(".").at(-1) ?? "").replace(/[-_]/g, " "),
          },
        }),
      );
  }
  return parsed.execute(null);
}

// The file was written by a Go program that ran text/template (and tabwriter)
// with docker's functions on the same data: kind of data, template, output and
// error.
Deno.test("parseTemplate() gives what Go gives", () => {
  for (const [kind = "", template = "", want = "", wantError] of golden) {
    const label = `${kind}: ${template}`;
    if (kind === "table") {
      assert.equal(alignTable(template), want, label);
      continue;
    }
    let got = "";
    let error: string | undefined;
    try {
      got = render(kind, template);
    } catch (failure) {
      assert(failure instanceof TemplateError, `${label}: ${failure}`);
      error = failure.message;
      got = failure.stdout;
    }
    assert.deepEqual([got, error], [want, wantError], label);
  }
});

Deno.test("parseTemplate() puts the name in errors", () => {
  assert.throws(() => parseTemplate("{{", { name: "version" }), {
    message: "template: version:1: unclosed action",
    exitCode: 64,
  });
});

Deno.test("execute() does not take a mistake of ours for the template's", () => {
  const broken = goRow("*main.Row", {
    get ID(): string {
      throw new ReferenceError("broken");
    },
  });
  assert.throws(
    () => parseTemplate("{{.ID}}").execute(broken),
    ReferenceError,
  );
});

Deno.test("execute() ends endless recursion", () => {
  const template = parseTemplate(
    '{{define "T"}}{{template "T"}}{{end}}{{template "T"}}',
  );
  assert.throws(() => template.execute(null), /maximum template depth/);
});
