/**
 * Attaching to a container that `run` started: its output, and its exit code.
 *
 * @module
 */
export {};
