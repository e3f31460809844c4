/**
 * How stopped containers ended, read when somebody looks.
 *
 * @module
 */
import type { Container } from "../../docker/container.ts";
import type { IncusClient } from "../../incus/client.ts";
import { readExit } from "../../modes/containers.ts";
import { Deferred } from "./deferred.ts";

/** A container whose exit code and end may still have to be loaded. */
export interface ContainerWithExit {
  container: Container;
  /** Absent where there is nothing to load. */
  exit?: Deferred<unknown>;
}

/** Makes a stopped container's end a matter of looking at it. */
export function withExit(
  client: IncusClient,
  container: Container,
): ContainerWithExit {
  const { state } = container;
  if (state.status !== "exited") return { container };
  const exit = new Deferred(
    { exitCode: state.exitCode, finishedAt: state.finishedAt },
    async () => await readExit(client, container.name) ?? state,
  );
  return {
    container: {
      ...container,
      state: {
        ...state,
        get exitCode() {
          return exit.get().exitCode;
        },
        get finishedAt() {
          return exit.get().finishedAt;
        },
      },
    },
    exit,
  };
}
