/**
 * Checks of what is called by which name.
 *
 * @module
 */
import { parseGoBoolean } from "../../flags.ts";
import { type Check, type Finding, ok, shellWord } from "./check.ts";
import type { Facts } from "./facts.ts";

/** The releases of kind that kini was tried with. */
const OLDEST_KIND = 20;
const NEWEST_KIND = 33;

/** Checks that need nothing but this process's environment. */
export const programChecks: readonly Check[] = [
  { name: "docker-command", run: checkDocker },
  { name: "kind-command", run: checkKind },
  { name: "kind-provider", run: checkProvider },
  { name: "settings", run: checkSettings },
  { name: "proxy", run: checkProxy },
];

function checkDocker({ programs }: Facts): Finding {
  const { docker, dockerIsKini, linkFolder, self } = programs;
  if (docker && dockerIsKini) return ok(`docker is kini: ${docker.path}`);
  const folder = linkFolder ?? "$HOME/.local/lib/kini";
  const quoted = linkFolder ? shellWord(linkFolder) : folder;
  return {
    level: "warning",
    found: docker
      ? `the first docker in PATH is another one: ${docker.path}` +
        (docker.version ? ` (${docker.version})` : "")
      : "there is no docker in PATH",
    why: "kind calls the first docker in PATH. `kini kind` works without it",
    fix: [
      ...(linkFolder ? [] : [
        `mkdir -p ${folder}`,
        `ln -sfn ${shellWord(self)} ${folder}/docker`,
      ]),
      `export PATH=${quoted}:$PATH`,
      "hash -r",
    ],
  };
}

function checkKind({ programs: { kind } }: Facts): Finding {
  if (!kind) {
    return {
      level: "failure",
      found: "there is no kind in PATH",
      why: "kini is what kind calls, and does not replace it",
      fix: installKind(),
    };
  }
  const match = /v(\d+)\.(\d+)\.\d+\S*/.exec(kind.version);
  if (!match) {
    return {
      level: "warning",
      found: `${kind.path} does not tell its version`,
      why: "kini was tried with kind v0.20 to v0.33",
    };
  }
  const [version, major, minor] = match;
  const found = `kind ${version}: ${kind.path}`;
  const number = Number(major) * 1000 + Number(minor);
  if (number < OLDEST_KIND) {
    return {
      level: "failure",
      found,
      why: "kini needs kind v0.20 or later",
      fix: installKind(),
    };
  }
  if (number > NEWEST_KIND) {
    return {
      level: "warning",
      found,
      why: "kini was tried with kind v0.20 to v0.33: a newer one may ask " +
        "docker for something new",
    };
  }
  return ok(found);
}

function installKind(): string[] {
  const architecture = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  return [
    `curl -fLo kind https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-${architecture}`,
    "sudo install -m 755 kind /usr/local/bin/kind",
  ];
}

function checkProvider({ env }: Facts): Finding {
  const provider = env.KIND_EXPERIMENTAL_PROVIDER;
  if (!provider || provider === "docker") return ok("kind uses docker");
  return {
    level: "failure",
    found: `KIND_EXPERIMENTAL_PROVIDER is "${provider}"`,
    why: `kind calls ${provider} then, and not docker`,
    fix: ["unset KIND_EXPERIMENTAL_PROVIDER"],
  };
}

function checkSettings({ env }: Facts): Finding {
  const value = env.KINI_UNPRIVILEGED ?? "";
  if (unprivileged(env) === undefined) {
    return {
      level: "failure",
      found: `KINI_UNPRIVILEGED is "${value}"`,
      why: 'it has to be "true" or "false"',
      fix: ["unset KINI_UNPRIVILEGED"],
    };
  }
  const set = Object.keys(env).filter((name) =>
    name.startsWith("KINI_") && env[name]
  );
  return ok(set.length > 0 ? `set: ${set.join(", ")}` : "none are set");
}

/** What KINI_UNPRIVILEGED says; `undefined` when it is neither yes nor no. */
export function unprivileged(env: Facts["env"]): boolean | undefined {
  const text = (env.KINI_UNPRIVILEGED ?? "").toLowerCase();
  if (text === "" || text === "no") return false;
  return text === "yes" || parseGoBoolean(env.KINI_UNPRIVILEGED!);
}

/** What is called through a proxy unless it is named. */
const LOCAL_NAMES = ["127.0.0.1", "localhost"];

function checkProxy({ env }: Facts): Finding {
  const proxies = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]
    .filter((name) => env[name]);
  if (proxies.length === 0) return ok("none is set");
  const inside = proxies.find((name) => isLoopback(env[name]!));
  if (inside) {
    return {
      level: "warning",
      found: `${inside} names this machine itself: ${hostOf(env[inside]!)}`,
      why: "kind hands the variable to its nodes, where that address is the " +
        "node's own: use an address of this machine that nodes can reach",
    };
  }
  const exceptions = (env.NO_PROXY ?? env.no_proxy ?? "").split(",")
    .map((one) => one.trim());
  const missing = LOCAL_NAMES.filter((name) =>
    !exceptions.includes(name) && !exceptions.includes("*") &&
    !(name === "127.0.0.1" &&
      exceptions.some((one) => /^127\.0\.0\.0\//.test(one)))
  );
  if (missing.length === 0) {
    return ok(`${proxies[0]} is set, and NO_PROXY names this machine`);
  }
  return {
    level: "warning",
    found: `${proxies[0]} is set, and NO_PROXY lacks ${missing.join(" and ")}`,
    why: "a cluster's API is at 127.0.0.1, and some programs would look for " +
      "it through the proxy",
    fix: [
      `export NO_PROXY="${missing.join(",")}\${NO_PROXY:+,$NO_PROXY}"`,
      'export no_proxy="$NO_PROXY"',
    ],
  };
}

/** Without the user's name and password, which a proxy's URL may have. */
function hostOf(proxy: string): string {
  return proxy.replace(/^\w+:\/\//, "").replace(/^.*@/, "").replace(
    /\/.*$/,
    "",
  );
}

function isLoopback(proxy: string): boolean {
  return /^(?:127\.|localhost\b|\[?::1\b)/.test(hostOf(proxy));
}
