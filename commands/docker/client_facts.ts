/**
 * What this program says of itself where docker's client speaks of its own.
 *
 * @module
 */
import type { ClientFacts } from "../../docker/info_view.ts";
import { dockerArchitecture } from "../../docker/architecture.ts";
import { DOCKER_CLI_VERSION, VERSION } from "../version.ts";

/** The docker release that is followed, with kini's own version as its build. */
export function clientFacts(): ClientFacts {
  return {
    version: DOCKER_CLI_VERSION,
    build: `kini-${VERSION}`,
    architecture: dockerArchitecture(Deno.build.arch),
  };
}
