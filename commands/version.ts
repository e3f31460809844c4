/**
 * What this program calls itself.
 *
 * @module
 */

/** kini's own version; a release stamps it. */
export const VERSION = "0.1.0";

const STAMP = "@KINI_COMMIT@";

/** The commit that it was built from; empty for what `tools/build` did not make. */
export const COMMIT = STAMP.startsWith("@") ? "" : STAMP;

/** The docker release whose command line kini follows. */
export const DOCKER_CLI_VERSION = "26.1.5";

/** The one line of `docker --version`. */
export const DOCKER_VERSION =
  `Docker version ${DOCKER_CLI_VERSION}, build kini-${VERSION}`;
