/**
 * The configuration of an image that a container becomes.
 *
 * @module
 */
import type { Container } from "./container.ts";
import { applyChanges, type ChangeableConfig } from "./image_change.ts";

/** What a commit says of itself. */
export interface CommitFacts {
  changes: readonly string[];
  author: string;
  message: string;
  /** RFC 3339. */
  created: string;
  architecture: string;
  variant?: string;
}

/**
 * The configuration's JSON, with the fields that docker's daemon writes.
 *
 * @param layer the digest of the image's only layer as a tar archive.
 * @throws {SyntaxError} with docker's text, for a change that can't be.
 */
export function committedConfig(
  container: Container,
  facts: CommitFacts,
  layer: string,
): string {
  const { author, message, created, architecture, variant } = facts;
  const { record } = container;
  return JSON.stringify({
    architecture,
    ...(variant && { variant }),
    ...(author && { author }),
    config: configOf(
      container,
      applyChanges(changeable(container), facts.changes),
    ),
    container: container.id,
    created,
    history: [{
      created,
      ...(author && { author }),
      created_by: (record.cmd ?? []).join(" "),
      ...(message && { comment: message }),
    }],
    os: container.platform,
    rootfs: { type: "layers", diff_ids: [layer] },
  });
}

/** What changes apply to; also the way to check them before all else. */
export function changeable({ record, labels }: Container): ChangeableConfig {
  return {
    user: record.user,
    exposedPorts: record.exposedPorts,
    env: record.env,
    cmd: record.cmd,
    entrypoint: record.entrypoint,
    volumes: record.mounts.filter(({ type }) => type === "volume")
      .map(({ destination }) => destination),
    workingDir: record.workingDir,
    labels,
    stopSignal: record.stopSignal,
    onBuild: [],
  };
}

function configOf({ record }: Container, config: ChangeableConfig) {
  const openStdin = record.openStdin;
  return {
    Hostname: record.hostname,
    Domainname: "",
    User: config.user,
    AttachStdin: record.attach && openStdin,
    AttachStdout: record.attach,
    AttachStderr: record.attach,
    ...(config.exposedPorts.length > 0 && {
      ExposedPorts: setOf(config.exposedPorts),
    }),
    Tty: record.tty,
    OpenStdin: openStdin,
    StdinOnce: openStdin && record.attach,
    Env: config.env,
    Cmd: config.cmd,
    ...(config.healthCheck && { Healthcheck: config.healthCheck }),
    Image: record.image,
    Volumes: config.volumes.length > 0 ? setOf(config.volumes) : null,
    WorkingDir: config.workingDir,
    Entrypoint: config.entrypoint,
    OnBuild: config.onBuild.length > 0 ? config.onBuild : null,
    Labels: config.labels,
    ...(config.stopSignal && { StopSignal: config.stopSignal }),
    ...(record.stopTimeout !== null && { StopTimeout: record.stopTimeout }),
  };
}

/** Sets are objects with empty values. */
function setOf(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}
