/**
 * An Incus server in memory, on a Unix socket, for tests.
 *
 * ```ts
 * await using fake = await FakeIncus.start();
 * fake.addInstance(runningInstance("c1"));
 * fake.fail("GET /1.0/images", { status: 500, error: "no" });
 * ```
 *
 * @module
 */
import { IncusClient } from "../incus/client.ts";
import type { Instance } from "../incus/types.ts";
import type { FakeImage } from "./builders.ts";
import { Refusal, refused } from "./fake_incus/answers.ts";
import type { ExecHandler } from "./fake_incus/fake_exec.ts";
import type {
  FakeInstance,
  FakeInstanceOptions,
} from "./fake_incus/fake_instance.ts";
import { type Fault, FaultQueue } from "./fake_incus/faults.ts";
import {
  type HttpAnswer,
  type HttpRequest,
  HttpServer,
} from "./fake_incus/http_server.ts";
import {
  addToRegistry,
  type FakeIncusOptions,
  fill,
} from "./fake_incus/fill.ts";
import { endInstance, type ProcessEnd } from "./fake_incus/instance_state.ts";
import { OperationStore } from "./fake_incus/operations.ts";
import {
  matches,
  type RecordedRequest,
  recordRequest,
  requestLine,
} from "./fake_incus/request.ts";
import { route } from "./fake_incus/router.ts";
import { serverFor } from "./fake_incus/server.ts";
import { type Hooks, World } from "./fake_incus/world.ts";

export { BUSYBOX, type FakeIncusOptions } from "./fake_incus/fill.ts";

/** A fake server; stopped when disposed of. */
export class FakeIncus implements AsyncDisposable {
  /** Path of the Unix socket. */
  readonly socket: string;
  /** Every request so far, in order of arrival; WebSocket upgrades too. */
  readonly requests: RecordedRequest[] = [];
  readonly world: World;
  readonly operations: OperationStore = new OperationStore();
  readonly #folder: string;
  readonly #faults = new FaultQueue();
  readonly #server: HttpServer;
  #stopped: Promise<void> | undefined;
  #arrived = Promise.withResolvers<void>();

  private constructor(folder: string, options: FakeIncusOptions) {
    this.#folder = folder;
    this.socket = `${folder}/unix.socket`;
    this.world = new World(serverFor(options));
    fill(this.world, options);
    this.#server = new HttpServer(
      this.socket,
      (request) => this.#answer(request),
    );
  }

  /** Starts a server. */
  static async start(options: FakeIncusOptions = {}): Promise<FakeIncus> {
    const folder = await Deno.makeTempDir({ prefix: "fake-incus-" });
    return new FakeIncus(folder, options);
  }

  async #answer(http: HttpRequest): Promise<HttpAnswer> {
    const request = recordRequest(http);
    this.requests.push(request);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    const outcome = await Promise.race([
      this.#faults.take(request),
      this.operations.closing,
    ]);
    if (!outcome) return "drop";
    if (outcome.answer) return outcome.answer;
    const { world, operations } = this;
    try {
      return route({
        world,
        operations,
        http,
        request,
        fault: outcome.operation,
      });
    } catch (error) {
      return error instanceof Refusal
        ? refused(error.status, error.message)
        : refused(500, `the fake server failed: ${error}`);
    }
  }

  /** A client of this server. */
  client(project?: string): IncusClient {
    return new IncusClient({
      path: this.socket,
      ...(project !== undefined && { project }),
    });
  }

  /**
   * Requests as text: `GET /1.0/instances/c1?recursion=1`.
   *
   * @param from index of the first one wanted.
   */
  requestLines(from = 0): string[] {
    return this.requests.slice(from).map(requestLine);
  }

  /** Resolves once a request that fits `pattern` has come. */
  async received(pattern: string): Promise<RecordedRequest> {
    while (true) {
      const found = this.requests.find((one) => matches(pattern, one));
      if (found) return found;
      await this.#arrived.promise;
    }
  }

  /** Bodies of the requests with this line, its query left out. */
  bodies<T>(line: string): T[] {
    return this.requests
      .filter((one) => requestLine(one).split("?")[0] === line)
      .map((one) => one.body as T);
  }

  /**
   * Makes the next `times` requests that fit `pattern` go wrong.
   *
   * @param pattern `POST /1.0/instances`; `*` stands for anything, a query
   *   counts only if it is in the pattern.
   */
  fail(pattern: string, fault: Fault, times = 1): void {
    this.#faults.add(pattern, fault, times);
  }

  /** Patterns of the faults that no request has met. */
  get faultsLeft(): string[] {
    return this.#faults.left;
  }

  /** Puts an instance there. */
  addInstance(
    instance: Instance,
    options: FakeInstanceOptions = {},
  ): FakeInstance {
    return this.world.addInstance(instance, options);
  }

  /** Puts an image into the store, and into the registry. */
  addImage(added: FakeImage): FakeImage {
    this.world.images.set(added.image.fingerprint, added);
    addToRegistry(this.world, added);
    return added;
  }

  /** Makes an image one that can be pulled. */
  addToRegistry(added: FakeImage): void {
    addToRegistry(this.world, added);
  }

  /** An instance with its inside. */
  instance(name: string): FakeInstance {
    return this.world.instance(name);
  }

  /** Lets the process of an instance end by itself. */
  exit(name: string, end: ProcessEnd = { code: 0 }): void {
    endInstance(this.world, this.world.instance(name), end);
  }

  set onExec(handler: ExecHandler) {
    this.world.hooks.onExec = handler;
  }

  set onStart(handler: NonNullable<Hooks["onStart"]>) {
    this.world.hooks.onStart = handler;
  }

  set onSignal(handler: NonNullable<Hooks["onSignal"]>) {
    this.world.hooks.onSignal = handler;
  }

  set onStop(handler: NonNullable<Hooks["onStop"]>) {
    this.world.hooks.onStop = handler;
  }

  /** Stops the server at once, in the middle of whatever it does. */
  stop(): Promise<void> {
    this.operations.close();
    return this.#stopped ??= this.#server[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
