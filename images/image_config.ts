import type { Platform } from "./platform.ts";

/**
 * What an image says about the containers made from it. What the image leaves
 * out, or gives as null, is empty here.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 */
export interface ImageConfig {
  entrypoint: string[];
  cmd: string[];
  /** `NAME=value`, in the image's order. */
  env: string[];
  labels: Record<string, string>;
  user: string;
  workingDir: string;
  /** `80/tcp`; sorted. */
  exposedPorts: string[];
  /** Paths in the container; sorted. */
  volumes: string[];
  stopSignal: string;
}

/** The parts of an image's config blob that this program uses. */
export interface ConfigBlob {
  config: ImageConfig;
  platform: Platform;
  /** RFC 3339, as the image has it; reproducible builds leave it out. */
  created: string | undefined;
}

/** Checks a config blob's JSON; throws a SyntaxError that names the field. */
export function parseConfigBlob(value: unknown): ConfigBlob {
  const blob = object(value, "config blob");
  const config = object(blob.config ?? {}, "config");
  const variant = string(blob.variant, "variant");
  return {
    config: {
      entrypoint: strings(config.Entrypoint, "Entrypoint"),
      cmd: strings(config.Cmd, "Cmd"),
      env: strings(config.Env, "Env"),
      labels: labels(config.Labels),
      user: string(config.User, "User"),
      workingDir: string(config.WorkingDir, "WorkingDir"),
      exposedPorts: keys(config.ExposedPorts, "ExposedPorts"),
      volumes: keys(config.Volumes, "Volumes"),
      stopSignal: string(config.StopSignal, "StopSignal"),
    },
    platform: {
      os: string(blob.os, "os"),
      architecture: string(blob.architecture, "architecture"),
      ...(variant ? { variant } : {}),
    },
    created: string(blob.created, "created") || undefined,
  };
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`Image config: ${field} is not an object`);
  }
  return value as Record<string, unknown>;
}

function string(value: unknown, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") {
    throw new SyntaxError(`Image config: ${field} is not a string`);
  }
  return value;
}

function strings(value: unknown, field: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((v) => typeof v !== "string")) {
    throw new SyntaxError(`Image config: ${field} is not a list of strings`);
  }
  return value;
}

/** Sets are objects with empty values: `{ "80/tcp": {} }`. */
function keys(value: unknown, field: string): string[] {
  return Object.keys(object(value ?? {}, field)).sort();
}

function labels(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value ?? {}, "Labels"));
  return Object.fromEntries(
    entries.map(([name, text]) => [name, string(text, `Label "${name}"`)]),
  );
}
