import assert from "node:assert/strict";
import { renderInspect, renderRows } from "./format.ts";
import type { DockerNetwork } from "./network.ts";
import {
  NETWORK_ROW_OPTIONS,
  type NetworkMember,
  networkRow,
  networkView,
} from "./network_view.ts";

const KIND: DockerNetwork = {
  id: "0123456789abcdef".repeat(4),
  name: "kind",
  serverNetwork: "incusbr0",
  driver: "bridge",
  configured: true,
  added: true,
  created: "2026-01-02T03:04:05.5Z",
  labels: { a: "b" },
  options: { "com.docker.network.driver.mtu": "1400" },
  ipv4: { gateway: "10.0.3.1", subnet: "10.0.3.0/24" },
  ipv6: { gateway: "fd42::1", subnet: "fd42::/64" },
};

const MEMBER: NetworkMember = {
  containerId: "c".repeat(64),
  name: "c1",
  endpointId: "e".repeat(64),
  mac: "10:66:6a:00:00:0a",
  ipv4: "10.0.3.10/24",
  ipv6: "fd42::10/64",
};

function format(network: DockerNetwork, template: string): string {
  return renderInspect([networkView(network, () => [MEMBER])], template);
}

Deno.test("networkView() has docker's fields in docker's order", () => {
  assert.equal(
    format(KIND, "json"),
    '[{"Name":"kind","Id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",' +
      '"Created":"2026-01-02T03:04:05.5Z","Scope":"local","Driver":"bridge",' +
      '"EnableIPv6":true,"IPAM":{"Driver":"default","Options":{},"Config":[' +
      '{"Subnet":"10.0.3.0/24","Gateway":"10.0.3.1"},' +
      '{"Subnet":"fd42::/64","Gateway":"fd42::1"}]},' +
      '"Internal":false,"Attachable":false,"Ingress":false,' +
      '"ConfigFrom":{"Network":""},"ConfigOnly":false,"Containers":{"' +
      MEMBER.containerId + '":{"Name":"c1","EndpointID":"' +
      MEMBER.endpointId + '","MacAddress":"10:66:6a:00:00:0a",' +
      '"IPv4Address":"10.0.3.10/24","IPv6Address":"fd42::10/64"}},' +
      '"Options":{"com.docker.network.driver.mtu":"1400"},' +
      '"Labels":{"a":"b"}}]\n',
  );
});

Deno.test("networkView() answers the templates that kind and scripts send", () => {
  const cases: [template: string, want: string][] = [
    ['{{ index .Options "com.docker.network.driver.mtu" }}', "1400"],
    [
      '{{range (index (index . "IPAM") "Config")}}{{index . "Subnet"}} {{end}}',
      "10.0.3.0/24 fd42::/64 ",
    ],
    ["{{(index .IPAM.Config 0).Subnet}}", "10.0.3.0/24"],
    [
      "{{.IPAM.Config}}",
      "[{10.0.3.0/24  10.0.3.1 map[]} {fd42::/64  fd42::1 map[]}]",
    ],
    ["{{.Created}}", "2026-01-02 03:04:05.5 +0000 UTC"],
    ["{{range .Containers}}{{.Name}}{{end}}", "c1"],
  ];
  for (const [template, want] of cases) {
    assert.equal(format(KIND, template), `${want}\n`, template);
  }
});

Deno.test("networkView() asks for members only when they are shown", () => {
  let asked = 0;
  const view = networkView(KIND, () => {
    asked++;
    return [];
  });
  renderInspect([view], "{{.Name}} {{.Options}}");
  assert.equal(asked, 0);
  assert.equal(renderInspect([view], "{{json .Containers}}"), "{}\n");
  assert.equal(asked, 1);
});

Deno.test("networkView() has null where a network has no addresses", () => {
  const { ipv4: _4, ipv6: _6, ...rest } = KIND;
  const none = { ...rest, ipv4: undefined, ipv6: undefined };
  assert.equal(
    format(none, "{{json .IPAM.Config}} {{.EnableIPv6}}"),
    "null false\n",
  );
});

Deno.test("networkRow() has the columns of docker network ls", () => {
  const rows = [networkRow(KIND, { noTrunc: false })];
  const cases: [format: string, want: string][] = [
    [
      "",
      "NETWORK ID     NAME      DRIVER    SCOPE\n" +
      "0123456789ab   kind      bridge    local\n",
    ],
    [
      "json",
      '{"CreatedAt":"2026-01-02 03:04:05.5 +0000 UTC","Driver":"bridge",' +
      '"ID":"0123456789ab","IPv6":"true","Internal":"false",' +
      '"Labels":"a=b","Name":"kind","Scope":"local"}\n',
    ],
    [
      "raw",
      "network_id: 0123456789ab\nname: kind\ndriver: bridge\nscope: local\n\n",
    ],
    ['{{.ID}} {{.Label "a"}}', "0123456789ab b\n"],
  ];
  for (const [template, want] of cases) {
    assert.equal(renderRows(rows, template, NETWORK_ROW_OPTIONS), want);
  }
  assert.equal(
    renderRows([networkRow(KIND, { noTrunc: true })], "{{.ID}}", {
      ...NETWORK_ROW_OPTIONS,
    }),
    `${KIND.id}\n`,
  );
});
