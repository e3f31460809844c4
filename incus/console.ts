/**
 * The console of an instance: the terminal of its first process.
 *
 * @module
 */
import type { IncusClient } from "./client.ts";
import { delay } from "./delay.ts";
import { IncusError } from "./errors.ts";
import { instancePath } from "./instances.ts";
import type { WebSocketConnection } from "./websocket.ts";

/**
 * The server's helper sets the terminal up once it is connected, which throws
 * away what was typed before, and nothing tells when that is done. In ms.
 */
const SETTLING_TIME = 300;

/** A terminal to type at; what it shows is in the console's log too. */
export class ConsoleInput implements Disposable {
  readonly #data: WebSocketConnection;
  readonly #control: WebSocketConnection;

  private constructor(data: WebSocketConnection, control: WebSocketConnection) {
    this.#data = data;
    this.#control = control;
  }

  /** Takes the console of a running instance; only one may have it. */
  static async open(
    client: IncusClient,
    name: string,
    size: { columns: number; rows: number },
  ): Promise<ConsoleInput> {
    const operation = await client.start(
      "POST",
      `${instancePath(name)}/console`,
      {
        body: {
          type: "console",
          width: size.columns,
          height: size.rows,
          force: true,
        },
      },
    );
    const fds = operation?.data.metadata?.fds as
      | Record<string, string>
      | undefined;
    if (!operation || !fds) {
      throw new IncusError(500, "POST console", "the console has no streams");
    }
    const path = `/1.0/operations/${operation.id}/websocket`;
    const [data, control] = await Promise.all([
      client.websocket(path, { secret: fds["0"] ?? "" }),
      client.websocket(path, { secret: fds.control ?? "" }),
    ]);
    const console = new ConsoleInput(data, control);
    void console.#drain(data);
    void console.#drain(control);
    await delay(SETTLING_TIME);
    return console;
  }

  /** Types these bytes. */
  type(data: Uint8Array): Promise<void> {
    return this.#data.sendBytes(data);
  }

  async #drain(socket: WebSocketConnection): Promise<void> {
    while (await socket.read() !== null) {
      // Shown from the log, which has all of it.
    }
  }

  [Symbol.dispose](): void {
    this.#data.close();
    this.#control.close();
  }
}
