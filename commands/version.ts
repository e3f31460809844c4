/**
 * What this program calls itself.
 *
 * @module
 */

/** kini's own version; a release stamps it. */
export const VERSION = "0.1.0";

/** The docker release whose command line kini follows. */
export const DOCKER_CLI_VERSION = "26.1.5";

/** The one line of `docker --version`. */
export const DOCKER_VERSION =
  `Docker version ${DOCKER_CLI_VERSION}, build kini-${VERSION}`;
