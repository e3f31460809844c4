/**
 * The first program of a container: what docker does between creating a
 * container and its own process.
 *
 * @module
 */
import type { RunRequest } from "../docker/run_request.ts";
import { kernelText } from "./ipv6_place.ts";
import type { InstancePlan } from "./mode.ts";
import { quoteWord } from "./shell_quote.ts";

/** Where a script, or a link, must be for its program to become PID 1. */
export const INIT_PATH = "/init";

/** Where the script goes instead in LXC mode, in an image with such a file. */
export const OTHER_INIT_PATH = "/.kini-init";

/** What the script has to do. */
export interface StartScriptOptions {
  /** Program and arguments that become the container's process. */
  command: readonly string[];
  /** Whether there is an address to wait for. */
  hasNetwork: boolean;
  /** What the command reads: nothing, a terminal, or what is piped into one. */
  stdin: "none" | "terminal" | "pipe";
  /** An address to wait for until the kernel lets it be used. */
  ipv6?: string;
  /** Lines for `/etc/hosts`. */
  extraHosts: readonly { name: string; address: string }[];
  /** `NAME=value` that the runtime can't be told. */
  environment?: readonly string[];
  /**
   * The network's files are mounts that the container can't write, and it may
   * mount others over them.
   */
  coverNetworkFiles?: boolean;
}

/** The script for a planned container. */
export function scriptFor(
  plan: InstancePlan,
  request: RunRequest,
  options: {
    /** Whether the server gives the address only after the start. */
    waitForAddress: boolean;
    environment?: readonly string[];
    coverNetworkFiles?: boolean;
  },
): string {
  const { ipv6 } = plan;
  return startScript({
    command: plan.command,
    hasNetwork: options.waitForAddress && request.network !== "none" &&
      plan.record.gateways.ipv4 !== "",
    ...(ipv6?.wanted && { ipv6: ipv6.address }),
    stdin: request.tty ? "terminal" : request.openStdin ? "pipe" : "none",
    // Where the address is known before, they are in the file already.
    extraHosts: options.waitForAddress
      ? [
        ...request.extraHosts.map(hostOf),
        ...(ipv6
          ? [{ name: plan.record.hostname, address: ipv6.address }]
          : []),
      ]
      : [],
    ...(options.environment && { environment: options.environment }),
    ...(options.coverNetworkFiles && { coverNetworkFiles: true }),
  });
}

/** `NAME:ADDRESS` of `--add-host`. */
export function hostOf(text: string): { name: string; address: string } {
  const at = text.indexOf(":");
  return { name: text.slice(0, at), address: text.slice(at + 1) };
}

/**
 * A POSIX shell script that waits for the container's address, puts it where
 * docker does into `/etc/hosts` (Incus has 127.0.1.1 there, by which kind's
 * entrypoint would not notice a changed address), and becomes the command.
 *
 * It runs at every start, also when the host boots and kini isn't there. It
 * needs no program but the shell; `sleep` makes it wait politely, and only an
 * image with `mount` and `rm` can have files covered.
 */
export function startScript(options: StartScriptOptions): string {
  const parts = [SHEBANG];
  if (options.stdin === "pipe") parts.push(QUIET_TERMINAL);
  const [program = "", ...args] = options.command;
  // At once: whoever starts the container looks whether it is still there.
  parts.push(checkProgram(program));
  const cover = options.coverNetworkFiles ? COVER_NETWORK_FILES : "";
  if (options.hasNetwork) {
    parts.push(`(
${WAIT_FOR_ADDRESS}${cover}${REPLACE_LOOPBACK})
`);
  } else if (cover) parts.push(`(\n${cover})\n`);
  if (options.ipv6) parts.push(waitForIpv6(kernelText(options.ipv6)));
  for (const text of options.environment ?? []) {
    parts.push(`export ${quoteWord(text)}\n`);
  }
  for (const { name, address } of options.extraHosts) {
    parts.push(
      `{ printf '%s\\t%s\\n' ${quoteWord(address)} ${
        quoteWord(name)
      } >>/etc/hosts; } 2>/dev/null || :\n`,
    );
  }
  parts.push(
    `exec ${[program, ...args].map(quoteWord).join(" ")}${
      options.stdin === "none" ? " </dev/null" : ""
    }\n`,
  );
  return parts.join("\n");
}

/** What the script prints before it gives up, and how `docker run` knows it. */
export const NOT_FOUND_MESSAGE = "kini: executable file not found: ";
/** The same for a file that isn't executable. */
export const DENIED_MESSAGE = "kini: permission denied: ";
/** The same for a folder. */
export const FOLDER_MESSAGE = "kini: is a directory: ";

const SHEBANG = `#!/bin/sh
# Written by kini for every start of this container.
`;

/** Whether a file is such a script: it is the container's, not the image's. */
export function isStartScript(content: Uint8Array): boolean {
  const start = content.subarray(0, SHEBANG.length);
  return new TextDecoder().decode(start) === SHEBANG;
}

/** What is piped into a console must not come out of it again. */
const QUIET_TERMINAL = "stty -echo -isig -ixon -icrnl 2>/dev/null || :\n";

const WAIT_FOR_ADDRESS = `address=
tries=0
while [ "$tries" -lt 100 ]; do
  last=
  while read -r word value more rest; do
    case "$word $value $more" in
      '|-- '*) last=$value ;;
      '/32 host LOCAL') case $last in 127.*) ;; *) address=$last ;; esac ;;
    esac
  done </proc/net/fib_trie
  if [ -n "$address" ]; then
    while read -r word value; do
      [ "$word" = nameserver ] && break 2
    done </etc/resolv.conf
  fi
  tries=$((tries + 1))
  [ -n "$address" ] && [ "$tries" -gt 20 ] && break
  sleep 0.1 2>/dev/null || sleep 1 2>/dev/null || break
done 2>/dev/null
`;

/**
 * Copies that belong to the container's root, over files of the server's that
 * a user namespace can only read: kind's entrypoint writes `/etc/resolv.conf`.
 * Nothing of them is on the container's disk, and the next start makes new ones.
 */
const COVER_NETWORK_FILES = `umask 022
for file in /etc/hosts /etc/hostname /etc/resolv.conf; do
  [ -f "$file" ] && [ ! -w "$file" ] || continue
  text=
  while IFS= read -r line || [ -n "$line" ]; do
    text="$text$line
"
  done <"$file"
  copy=/dev/.kini-\${file##*/}
  printf '%s' "$text" >"$copy" && mount -o bind "$copy" "$file"
  rm -f "$copy"
done 2>/dev/null
`;

/** The kernel first asks on the network whether somebody has the address. */
function waitForIpv6(address: string): string {
  return `(
tries=0
while [ "$tries" -lt 100 ]; do
  flags=
  while read -r value index prefix scope bits name; do
    [ "$value" = ${address} ] && flags=$bits
  done </proc/net/if_inet6
  case $flags in [4-7c-f]?) ;; *) break ;; esac
  tries=$((tries + 1))
  sleep 0.1 2>/dev/null || sleep 1 2>/dev/null || break
done
) 2>/dev/null
`;
}

const REPLACE_LOOPBACK = `if [ -n "$address" ]; then
  hosts=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      127.0.1.1[[:space:]]*) line="$address\t\${line#127.0.1.1?}" ;;
    esac
    hosts="$hosts$line
"
  done </etc/hosts
  { printf '%s' "$hosts" >/etc/hosts; } 2>/dev/null || :
fi
`;

function checkProgram(program: string): string {
  const word = quoteWord(program);
  const giveUp = (message: string, code: number) =>
    `{
  printf '%s%s\\n' ${quoteWord(message)} ${word}
  exit ${code}
}
`;
  if (!program.includes("/")) {
    return `command -v ${word} >/dev/null 2>&1 || ${
      giveUp(NOT_FOUND_MESSAGE, 127)
    }`;
  }
  return `[ -d ${word} ] && ${giveUp(FOLDER_MESSAGE, 126)}` +
    `[ -e ${word} ] || ${giveUp(NOT_FOUND_MESSAGE, 127)}` +
    `[ -x ${word} ] || ${giveUp(DENIED_MESSAGE, 126)}`;
}
