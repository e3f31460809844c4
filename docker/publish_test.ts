import assert from "node:assert/strict";
import {
  formatPortLines,
  formatPorts,
  parseExpose,
  parsePublish,
  publishedAddresses,
} from "./publish.ts";

/** Writes results as `IP|HOST[-END]|CONTAINER/PROTO`. */
function brief(text: string): string {
  return parsePublish(text)
    .map(({ hostIp, hostPort, hostPortEnd, containerPort, protocol }) =>
      `${hostIp}|${hostPort ?? ""}${
        hostPortEnd === undefined ? "" : `-${hostPortEnd}`
      }|${containerPort}/${protocol}`
    )
    .join(" ");
}

Deno.test("parsePublish() reads what docker reads", () => {
  const cases: [string, string][] = [
    ["80", "||80/tcp"],
    ["80/", "||80/tcp"],
    ["80/udp", "||80/udp"],
    ["10000/TCP", "||10000/tcp"],
    ["8080:80", "|8080|80/tcp"],
    ["127.0.0.1:8080:80/TCP", "127.0.0.1|8080|80/tcp"],
    ["[::1]:34473:6443/TCP", "::1|34473|6443/tcp"],
    ["::1:80:80", "::1|80|80/tcp"],
    [":::80:80", "::|80|80/tcp"],
    ["::1::80", "::1||80/tcp"],
    ["[::FFFF:1.2.3.4]:80:80", "::FFFF:1.2.3.4|80|80/tcp"],
    ["[1.2.3.4]:80:80", "1.2.3.4|80|80/tcp"],
    ["[]:80:80", "|80|80/tcp"],
    ["0.0.0.0:0:54/SCTP", "0.0.0.0|0|54/sctp"],
    ["127.0.0.1::80", "127.0.0.1||80/tcp"],
    [":80", "||80/tcp"],
    ["::80", "||80/tcp"],
    [":8080:80", "|8080|80/tcp"],
    ["08:080", "|8|80/tcp"],
    ["80:0", "|80|0/tcp"],
    ["80:80/tcp/x", "|80|80/tcp"],
    ["8000-8002:80-82/udp", "|8000|80/udp |8001|81/udp |8002|82/udp"],
    ["80-82", "||80/tcp ||81/tcp ||82/tcp"],
    ["8000-8010:80", "|8000-8010|80/tcp"],
    ["0-2:80", "|0-2|80/tcp"],
    ["mode=host,target=80,published=8080", "|8080|80/tcp"],
    ["target=80", "||80/tcp"],
    ["target=80,protocol=udp,published=81-82", "|81-82|80/udp"],
  ];
  for (const [input, want] of cases) assert.equal(brief(input), want, input);
});

Deno.test("parsePublish() refuses with docker's texts", () => {
  const cases: [string, string][] = [
    ["", "No port specified: <empty>"],
    ["80:", "No port specified: 80:<empty>"],
    ["/tcp", "No port specified: /tcp<empty>"],
    ["published=1", "No port specified: 1:/tcp<empty>"],
    [
      "target=80,x",
      "invalid publish opts format (should be name=value but got 'x')",
    ],
    ["=1", "invalid publish opts format (should be name=value but got '=1')"],
    ["80/foo", "Invalid proto: foo"],
    ["foo:80", "Invalid hostPort: foo"],
    ["127.0.0.1:80", "Invalid hostPort: 127.0.0.1"],
    ["99999:80", "Invalid hostPort: 99999"],
    ["-1:80", "Invalid hostPort: -1"],
    ["+8:80", "Invalid hostPort: +8"],
    [" 80:80", "Invalid hostPort:  80"],
    ["5-1:80", "Invalid hostPort: 5-1"],
    ["80:foo", "Invalid containerPort: foo"],
    ["1:65536", "Invalid containerPort: 65536"],
    ["80-", "Invalid containerPort: 80-"],
    ["80-79", "Invalid containerPort: 80-79"],
    ["0x50", "Invalid containerPort: 0x50"],
    ["localhost:80:80", "Invalid ip address: localhost"],
    ["1.2.3:80:80", "Invalid ip address: 1.2.3"],
    ["1.2.3.04:1:1", "Invalid ip address: 1.2.3.04"],
    ["a:b:c:d", "Invalid ip address: a:b"],
    ["[fe80::1%eth0]:80:80", "Invalid ip address: fe80::1%eth0"],
    [
      "[::1:80:80",
      "Invalid ip address [::1: address [::1:: missing ']' in address",
    ],
    [
      "80:8000-8010",
      "Invalid ranges specified for container and host Ports: 8000-8010 and 80",
    ],
    [
      "1-3:1-4",
      "Invalid ranges specified for container and host Ports: 1-4 and 1-3",
    ],
  ];
  for (const [input, message] of cases) {
    assert.throws(
      () => parsePublish(input),
      { name: "SyntaxError", message },
      input,
    );
  }
});

Deno.test("parseExpose() reads ports and ranges", () => {
  assert.deepEqual(parseExpose("80"), [{ containerPort: 80, protocol: "tcp" }]);
  assert.deepEqual(parseExpose("80-81/Udp"), [
    { containerPort: 80, protocol: "udp" },
    { containerPort: 81, protocol: "udp" },
  ]);
  const bad: [string, string][] = [
    ["80:80", "invalid port format for --expose: 80:80"],
    [
      "foo",
      'invalid range format for --expose: foo, error: strconv.ParseUint: parsing "foo": invalid syntax',
    ],
    [
      "99999",
      'invalid range format for --expose: 99999, error: strconv.ParseUint: parsing "99999": value out of range',
    ],
    [
      "82-80",
      "invalid range format for --expose: 82-80, error: invalid range specified for port: 82-80",
    ],
    [
      "",
      "invalid range format for --expose: , error: empty string specified for ports",
    ],
    ["80/x", "Invalid proto: x"],
  ];
  for (const [input, message] of bad) {
    assert.throws(() => parseExpose(input), { message }, input);
  }
});

Deno.test("formatPorts() groups as docker ps does", () => {
  const bound = (
    hostIp: string,
    hostPort: number,
    containerPort: number,
    protocol: "tcp" | "udp" = "tcp",
  ) => ({
    hostIp,
    hostPort,
    containerPort,
    protocol,
  });
  const open = (containerPort: number, protocol: "tcp" | "udp" = "tcp") => ({
    containerPort,
    protocol,
  });
  const cases: [Parameters<typeof formatPorts>[0], string][] = [
    [[], ""],
    [[open(80)], "80/tcp"],
    [
      [bound("::", 8080, 80), bound("0.0.0.0", 8080, 80)],
      "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
    ],
    [[bound("127.0.0.1", 38143, 6443)], "127.0.0.1:38143->6443/tcp"],
    [[open(82), open(80), open(81), open(90)], "80-82/tcp, 90/tcp"],
    [[
      bound("0.0.0.0", 80, 80),
      bound("0.0.0.0", 81, 81),
      bound("::", 80, 80),
      bound("::", 81, 81),
    ], "0.0.0.0:80-81->80-81/tcp, [::]:80-81->80-81/tcp"],
    [
      [bound("0.0.0.0", 1, 80), open(53, "udp"), bound("0.0.0.0", 443, 443)],
      "53/udp, 0.0.0.0:443->443/tcp, 0.0.0.0:1->80/tcp",
    ],
    [[open(80), open(80, "udp"), open(81)], "80-81/tcp, 80/udp"],
  ];
  for (const [ports, want] of cases) assert.equal(formatPorts(ports), want);
});

Deno.test("formatPortLines() and publishedAddresses() answer docker port", () => {
  const ports = [
    {
      hostIp: "127.0.0.1",
      hostPort: 38143,
      containerPort: 6443,
      protocol: "tcp",
    },
    { hostIp: "::", hostPort: 8080, containerPort: 80, protocol: "tcp" },
    { hostIp: "0.0.0.0", hostPort: 8080, containerPort: 80, protocol: "tcp" },
    { containerPort: 53, protocol: "udp" },
  ] as const;
  assert.deepEqual(formatPortLines(ports), [
    "80/tcp -> 0.0.0.0:8080",
    "80/tcp -> [::]:8080",
    "6443/tcp -> 127.0.0.1:38143",
  ]);
  assert.deepEqual(publishedAddresses(ports, "80", "c"), [
    "0.0.0.0:8080",
    "[::]:8080",
  ]);
  assert.deepEqual(publishedAddresses(ports, "6443/tcp", "c"), [
    "127.0.0.1:38143",
  ]);
  assert.throws(() => publishedAddresses(ports, "53/udp", "c"), {
    name: "RangeError",
    message: "Error: No public port '53/udp' published for c",
  });
  assert.throws(() => publishedAddresses(ports, "x", "c"), {
    message:
      'Error: invalid port (x): strconv.ParseUint: parsing "x": invalid syntax',
  });
});
