/**
 * Proxies on the way to a server that is reached by HTTPS, chosen as the tools
 * of Incus and LXD do: by `HTTPS_PROXY` and `NO_PROXY`.
 *
 * @module
 */
import { BlockList, isIP, type Socket } from "node:net";
import type { GetEnv } from "./remote.ts";

/** How long the head of a proxy's answer may be. */
const MAX_HEAD = 64 * 1024;

/**
 * The proxy on the way to `address`, if there is one.
 *
 * @throws {RangeError} when it is none that can be used.
 */
export function proxyFor(address: URL, env: GetEnv): URL | undefined {
  const text = env("HTTPS_PROXY") || env("https_proxy");
  if (!text || isExcepted(address, env("NO_PROXY") || env("no_proxy") || "")) {
    return undefined;
  }
  const url = URL.parse(
    /^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`,
  );
  if (url?.protocol === "http:") return url;
  throw new RangeError(
    `The variable HTTPS_PROXY names a proxy that kini can't use: only those ` +
      `with http:// can be. With "${bare(address)}" in NO_PROXY there is none`,
  );
}

/** Whether `NO_PROXY` names the address. This machine needs no proxy. */
function isExcepted(address: URL, text: string): boolean {
  const host = bare(address).toLowerCase();
  const family = isIP(host) === 6 ? "ipv6" : "ipv4";
  const port = address.port || "443";
  if (/^(localhost|127\..*|::1)$/.test(host)) return true;
  return text.toLowerCase().split(",").map((one) => one.trim())
    .filter((one) => one !== "").some((one) => {
      if (one === "*") return true;
      const [, name = one, wanted] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(one) ?? [];
      if (isIP(one) === 0 && wanted && wanted !== port) return false;
      const plain = isIP(one) ? one : name;
      if (isIP(host)) return inNetwork(host, family, plain);
      const domain = plain.replace(/^\*?\./, "");
      return host.endsWith(`.${domain}`) ||
        (host === domain && !plain.startsWith("."));
    });
}

function inNetwork(
  host: string,
  family: "ipv4" | "ipv6",
  network: string,
): boolean {
  const [base = "", bits] = network.split("/");
  const wanted = isIP(base);
  if (wanted === 0 || (wanted === 6) !== (family === "ipv6")) return false;
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, family);
  else if (
    /^\d{1,3}$/.test(bits) && Number(bits) <= (wanted === 6 ? 128 : 32)
  ) {
    list.addSubnet(base, Number(bits), family);
  } else return false;
  return list.check(host, family);
}

/**
 * Asks the proxy at the other end of `socket` for a connection. Afterwards the
 * socket leads there, and nothing was read of what comes.
 *
 * @throws {Error} with the proxy's answer when it refuses.
 */
export async function askProxy(
  socket: Socket,
  proxy: URL,
  target: { hostname: string; port: number },
): Promise<void> {
  const { hostname } = target;
  const host = `${
    hostname.includes(":") ? `[${hostname}]` : hostname
  }:${target.port}`;
  let head = `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n`;
  if (proxy.username) {
    const word = [proxy.username, proxy.password].map(decodeURIComponent)
      .join(":");
    const secret = new TextEncoder().encode(word).toBase64();
    head += `Proxy-Authorization: Basic ${secret}\r\n`;
  }
  socket.write(`${head}\r\n`);
  let answer = "";
  while (!answer.includes("\r\n\r\n")) {
    answer += await nextText(socket);
    if (answer.length > MAX_HEAD) throw new Error("it gives no answer");
  }
  const [, status = ""] = /^HTTP\/1\.[01] (\d{3}[^\r]*)/.exec(answer) ?? [];
  if (!status.startsWith("2")) {
    throw new Error(
      `it answers ${JSON.stringify(status || answer.slice(0, 80))}`,
    );
  }
}

/** What arrives next; nothing more is read then, since TLS takes over. */
function nextText(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error("it hung up"));
    socket.once("close", closed);
    socket.once("data", (data) => {
      socket.pause();
      socket.off("close", closed);
      resolve(String(data));
    });
    socket.resume();
  });
}

function bare({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
