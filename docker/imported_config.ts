/**
 * The configuration of an image that a root file system becomes.
 *
 * @module
 */
import { applyChanges, type ChangeableConfig } from "./image_change.ts";

/** What an import says of itself. */
export interface ImportFacts {
  /** As `--change` has them. */
  changes: readonly string[];
  message: string;
  /** RFC 3339. */
  created: string;
  os: string;
  architecture: string;
  variant?: string | undefined;
}

/**
 * What the changes make of nothing.
 *
 * @throws {SyntaxError} with docker's text, for a change that can't be.
 */
export function changedFromNothing(
  changes: readonly string[],
): ChangeableConfig {
  return applyChanges({
    user: "",
    exposedPorts: [],
    env: [],
    cmd: null,
    entrypoint: null,
    volumes: [],
    workingDir: "",
    labels: {},
    stopSignal: "",
    onBuild: [],
  }, changes);
}

/**
 * The configuration's JSON, with the fields that docker's daemon writes.
 *
 * @param layer the digest of the image's only layer as a tar archive.
 * @throws {SyntaxError} as {@linkcode changedFromNothing} does.
 */
export function importedConfig(facts: ImportFacts, layer: string): string {
  const { message, created, os, architecture, variant } = facts;
  return JSON.stringify({
    architecture,
    ...(variant && { variant }),
    comment: message,
    config: configOf(changedFromNothing(facts.changes)),
    created,
    history: [{ created, comment: message }],
    os,
    rootfs: { type: "layers", diff_ids: [layer] },
  });
}

/** What is empty is null, as in Go. */
function configOf(config: ChangeableConfig) {
  return {
    Hostname: "",
    Domainname: "",
    User: config.user,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(config.exposedPorts.length > 0 && {
      ExposedPorts: setOf(config.exposedPorts),
    }),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: config.env.length > 0 ? config.env : null,
    Cmd: config.cmd,
    ...(config.healthCheck && { Healthcheck: config.healthCheck }),
    Image: "",
    Volumes: config.volumes.length > 0 ? setOf(config.volumes) : null,
    WorkingDir: config.workingDir,
    Entrypoint: config.entrypoint,
    OnBuild: config.onBuild.length > 0 ? config.onBuild : null,
    Labels: Object.keys(config.labels).length > 0 ? config.labels : null,
    ...(config.stopSignal && { StopSignal: config.stopSignal }),
  };
}

/** Sets are objects with empty values. */
function setOf(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}
