/**
 * Checks of what is called by which name.
 *
 * @module
 */
import { parseNetworkSetting } from "../../../modes/network_setting.ts";
import { wantsUnprivileged } from "../../docker/unprivileged.ts";
import { type Check, type Finding, ok, shellWord } from "./check.ts";
import type { Facts } from "./facts.ts";
import { sudo } from "./fixes.ts";

/** The releases of kind that kini was tried with. */
const OLDEST_KIND = 20;
const NEWEST_KIND = 33;

/** Where a program that all users have is put. */
const KIND = "/usr/local/bin/kind";

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

function checkKind(facts: Facts): Finding {
  const { kind } = facts.programs;
  if (!kind) {
    return {
      level: "failure",
      found: "there is no kind in PATH",
      why: "kini is what kind calls, and does not replace it",
      fix: installKind(facts),
    };
  }
  const match = /v(\d+)\.(\d+)\.\d+\S*/.exec(kind.version);
  if (!match) {
    return {
      level: "warning",
      found: `${kind.path} does not tell its version`,
      why: "kini was tried with kind v0.20 to v0.33",
      fix: installKind(facts),
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
      fix: installKind(facts),
    };
  }
  if (number > NEWEST_KIND) {
    return {
      level: "warning",
      found,
      why: "kini was tried with kind v0.20 to v0.33: a newer one may ask " +
        "docker for something new",
      fix: installKind(facts),
    };
  }
  return ok(found);
}

/** In the place of the one that was found, unless PATH has the usual one before it. */
function installKind(facts: Facts): string[] {
  const found = facts.programs.kind?.path ?? KIND;
  const folders = (facts.env.PATH ?? "").split(":");
  const usual = folders.indexOf(folderOf(KIND));
  const first = folders.indexOf(folderOf(found));
  const place = usual >= 0 && usual <= first ? KIND : found;
  const architecture = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  return [
    `curl -fLo kind https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-${architecture}`,
    `${sudo(facts)}install -m 755 kind ${shellWord(place)}`,
    "hash -r",
  ];
}

function folderOf(path: string): string {
  return path.replace(/\/[^/]*$/, "");
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

/** What reads each variable; checks of their own judge the others. */
const SETTINGS: Readonly<Record<string, (env: Facts["env"]) => unknown>> = {
  KINI_UNPRIVILEGED: (env) => wantsUnprivileged((name) => env[name]),
  KINI_NETWORK: (env) => parseNetworkSetting(env.KINI_NETWORK),
};

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function checkSettings({ env }: Facts): Finding {
  const wrong = Object.keys(SETTINGS).map((name) => ({
    name,
    found: problemOf(() => SETTINGS[name]!(env)),
  })).filter(({ found }) => found !== undefined);
  if (wrong.length > 0) {
    return {
      level: "failure",
      found: wrong.map(({ found }) => found).join("; "),
      why: "docker run, and kind with it, refuse to work like this",
      fix: [`unset ${wrong.map(({ name }) => name).join(" ")}`],
    };
  }
  const set = Object.keys(env).filter((name) =>
    name.startsWith("KINI_") && env[name]
  );
  return ok(set.length > 0 ? `set: ${set.join(", ")}` : "none are set");
}

/** What KINI_UNPRIVILEGED says; nodes are privileged where it says nothing that is known. */
export function unprivileged(env: Facts["env"]): boolean {
  try {
    return wantsUnprivileged((name) => env[name]);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
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
