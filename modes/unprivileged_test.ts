import assert from "node:assert/strict";
import type { RunRequest } from "../docker/run_request.ts";
import type { InstancePlan, RunFacts } from "./mode.ts";
import {
  explainUserNamespace,
  isPrivileged,
  privilegeConfig,
} from "./unprivileged.ts";

function facts(unprivileged: boolean, kernelModules: string[] = []): RunFacts {
  return { unprivileged, kernelModules } as unknown as RunFacts;
}

function request(privileged: boolean): RunRequest {
  return { privileged } as unknown as RunRequest;
}

Deno.test("privilegeConfig() gives privileges to those who ask and may", () => {
  assert.deepEqual(privilegeConfig(request(true), facts(false, ["overlay"])), {
    "security.privileged": "true",
    "security.nesting": "true",
    "security.syscalls.deny_default": "false",
  });
  assert.deepEqual(privilegeConfig(request(false), facts(false)), {});
  assert.deepEqual(privilegeConfig(request(true), facts(true)), {
    "security.privileged": "false",
    "security.nesting": "true",
  });
  assert.deepEqual(privilegeConfig(request(false), facts(true, ["overlay"])), {
    "security.privileged": "false",
  });
  assert.equal(isPrivileged(request(true), facts(true)), false);
});

Deno.test("privilegeConfig() has the server load what an unprivileged node can't", () => {
  assert.equal(
    privilegeConfig(
      request(true),
      facts(true, ["ip_vs", "overlay"]),
    )["linux.kernel_modules"],
    "ip_vs,overlay",
  );
});

Deno.test("explainUserNamespace() says what a user namespace can't do", () => {
  const plan = (privileged: string): InstancePlan => ({
    body: {
      config: { "security.privileged": privileged },
      devices: {
        "kini-mount-2": { type: "disk", source: "/srv/data" },
        "kini-device-0": { type: "unix-char", source: "/dev/fuse" },
      },
    },
  } as unknown as InstancePlan);
  const cases: [string, RegExp | undefined][] = [
    [
      'Failed to setup device mount "kini-mount-2": idmapping abilities are required but aren\'t supported on system',
      /^cannot mount \/srv\/data: its file system can't map owners, /,
    ],
    [
      "Permission denied - Failed to setup sysctl parameters net.core.rmem_max to 1",
      /^the sysctl net\.core\.rmem_max can't be set from a user namespace: /,
    ],
    [
      "No uid/gid allocation configured. In this mode, only privileged containers are supported",
      /^the server has no identities for containers .*"kini doctor"/,
    ],
    [
      'Failed to start device "kini-device-0": The required device path doesn\'t exist and the major and minor settings are not specified',
      /^the server's machine has no \/dev\/fuse \(.*: run "modprobe fuse" as root\)$/,
    ],
    ["anything else", undefined],
  ];
  for (const [message, want] of cases) {
    const text = explainUserNamespace(plan("false"), message);
    if (want) assert.match(text ?? "", want);
    else assert.equal(text, undefined, message);
    assert.equal(explainUserNamespace(plan("true"), message), undefined);
  }
});
