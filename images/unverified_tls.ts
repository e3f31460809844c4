// Apart from its users, who load it only for registries that the user calls
// insecure: fetch() can't leave a certificate unchecked.
import { createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A way to a server whose certificate is not checked. */
export interface UnverifiedTls {
  /** For URLs of this server, and no others. */
  fetch: typeof fetch;
  close(): void;
}

/**
 * Opens a way to a server by TLS that anybody may pretend to be.
 *
 * @param host with its port, unless that is 443.
 */
export async function openUnverifiedTls(host: string): Promise<UnverifiedTls> {
  const { hostname, port } = new URL(`https://${host}`);
  const name = hostname.replace(/^\[|\]$/g, "");
  const sockets = new Set<Socket>();
  let failure: Error | undefined;
  const server = createServer((near) => {
    const far = connectTls({
      host: name,
      port: Number(port || 443),
      // An address can't be sent as a name.
      ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    sockets.add(near).add(far);
    far.on("error", (error) => {
      failure ??= error;
      near.destroy();
    });
    near.on("error", () => far.destroy());
    far.on("close", () => near.destroy());
    near.on("close", () => far.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address() as { port: number };
  const client = Deno.createHttpClient({
    proxy: { transport: "tcp", hostname: "127.0.0.1", port: address.port },
    http2: false,
  });
  return {
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      url.protocol = "http:";
      failure = undefined;
      try {
        return await fetch(url, { ...init, client });
      } catch (error) {
        throw failure ?? error;
      }
    },
    close() {
      client.close();
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
