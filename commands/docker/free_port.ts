/**
 * Choosing a free port on the server, which is on this machine.
 *
 * @module
 */

/** Where docker begins when it chooses ports. */
const FIRST = 32768;
const LAST = 60999;

/**
 * A port that nobody listens on at this address now. The server opens it a
 * little later, and the choice is made anew when somebody was faster.
 */
export function freePort(protocol: string, hostIp: string): number {
  const hostname = hostIp || "0.0.0.0";
  if (protocol === "tcp") {
    try {
      const listener = Deno.listen({ hostname, port: 0 });
      // Not `using`: the bundler's minifier drops it with its only use, and
      // the server would wait for this very program to let go of the port.
      listener.close();
      return (listener.addr as Deno.NetAddr).port;
    } catch {
      // Not an address of this machine: the server will say so, if it is so.
    }
  }
  return FIRST + Math.floor(Math.random() * (LAST - FIRST));
}
