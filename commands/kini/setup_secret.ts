/**
 * `kini setup secret incus-identity | kubectl apply -f -`
 *
 * @module
 */
import type { HttpsServer } from "../../incus/https_server.ts";
import { findRemote } from "../../incus/remote.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";

/** Prints the Secret by which cluster-api-provider-incus reaches the server. */
export const command = defineCommand({
  usage: "[OPTIONS] NAME",
  args: exactly(1),
  flags: {
    "dry-run": {
      type: "boolean",
      usage: "Print it without the client's certificate and key",
    },
    namespace: {
      type: "string",
      short: "n",
      usage: "Namespace of the Secret",
    },
  },
  details: "The Secret holds the address of the server in use and the client " +
    "certificate and key that kini reaches it with, so the server has to be a " +
    "remote. Give it to kubectl apply -f -.",
  examples: ["setup secret incus-identity --namespace capi"],
  async run(ctx, { values, args }) {
    const [name = ""] = args;
    const { namespace } = values;
    checkName("a Secret", name, /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
    if (namespace !== undefined) {
      checkName(
        "a Secret in the namespace",
        namespace,
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      );
    }
    const { https, project } = await findRemote(ctx.env);
    if (!https) {
      throw new Error(
        "Cannot make a Secret for a server that is reached by its Unix " +
          'socket: choose one that is reached by HTTPS with KINI_REMOTE; "incus ' +
          'remote add" adds it',
      );
    }
    await ctx.stdout.text(secretFor(https, {
      name,
      namespace,
      project: project ?? "default",
      hidden: values["dry-run"],
    }));
    if (!values["dry-run"]) await remark(ctx, name, https.addresses[0]!);
  },
});

function checkName(what: string, name: string, pattern: RegExp): void {
  if (pattern.test(name)) return;
  throw new UsageError(
    `Cannot make ${what} ${JSON.stringify(name)}: Kubernetes has names of ` +
      "small letters, digits and hyphens",
    { subject: "plain" },
  );
}

/** What a Secret is of no use for, or too good for. */
async function remark(
  ctx: Context,
  name: string,
  address: string,
): Promise<void> {
  if (/^https:\/\/(?:127\.|localhost\b|\[::1\])/.test(address)) {
    await ctx.stderr.line(
      `Only this machine can reach the server at ${address}: a controller in ` +
        "a cluster needs a remote with another address",
    );
  }
  if (ctx.stdout.isTerminal()) {
    await ctx.stderr.line(
      "This has a private key in it, which nobody else should see: " +
        `kini setup secret ${name} | kubectl apply -f -`,
    );
  }
}

function secretFor(
  server: HttpsServer,
  { name, namespace, project, hidden }: {
    name: string;
    namespace: string | undefined;
    project: string;
    hidden: boolean;
  },
): string {
  const data: [string, string][] = [
    ["server", server.addresses[0]!],
    ["server-crt", server.serverCert ?? ""],
    ["client-crt", hidden ? "(left out)" : server.cert],
    ["client-key", hidden ? "(left out)" : server.key],
    ["project", project],
    ["insecure-skip-verify", "false"],
  ];
  return [
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    `  name: ${JSON.stringify(name)}`,
    ...(namespace ? [`  namespace: ${JSON.stringify(namespace)}`] : []),
    "  labels:",
    '    clusterctl.cluster.x-k8s.io/move: "true"',
    "type: Opaque",
    "stringData:",
    ...data.filter(([, value]) => value !== "").map(([key, value]) =>
      `  ${key}: ${scalar(value)}`
    ),
    "",
  ].join("\n");
}

/** PEM stays readable; the rest is quoted, as JSON is YAML. */
function scalar(value: string): string {
  if (!/^-----BEGIN [\x20-\x7e\r\n]+$/.test(value)) {
    return JSON.stringify(value);
  }
  return `|\n${
    value.trim().split(/\r?\n/).map((line) => `    ${line}`).join("\n")
  }`;
}
