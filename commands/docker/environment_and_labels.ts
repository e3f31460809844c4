/**
 * Variables and labels of a new container, from files and from the command
 * line.
 *
 * @module
 */
import { type EnvEntry, parseEnv, parseEnvFile } from "../../docker/env.ts";
import { parseLabel, parseLabelFile } from "../../docker/label.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import type { CreateInput } from "./create_flags.ts";
import { flagValue, value } from "./create_values.ts";

/** `--env-file` and `--env`: later ones win. */
export async function readEnvironment(
  ctx: Context,
  values: CreateInput["values"],
): Promise<Pick<RunRequest, "env" | "unsetEnv">> {
  const lookUp = (name: string) => ctx.env(name);
  const entries: EnvEntry[] = [];
  for (const file of values["env-file"]) {
    const content = await readFile(file);
    entries.push(...value(() => parseEnvFile(content, file, lookUp)));
  }
  for (const one of values.env) {
    entries.push(flagValue("env", one, (text) => parseEnv(text, lookUp)));
  }
  const merged = new Map<string, string>();
  const unset = new Set<string>();
  for (const { name, value } of entries) {
    // A bare name that the caller doesn't have is absent in the container too.
    if (value === undefined) unset.add(name);
    else merged.set(name, value);
  }
  return {
    env: [...merged].map(([name, text]) => `${name}=${text}`),
    unsetEnv: [...unset].filter((name) => !merged.has(name)),
  };
}

/** `--label-file` and `--label`: later ones win. */
export async function readLabels(
  values: CreateInput["values"],
): Promise<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const file of values["label-file"]) {
    const content = await readFile(file);
    for (const [key, text] of value(() => parseLabelFile(content, file))) {
      labels[key] = text;
    }
  }
  for (const one of values.label) {
    const [key, text] = flagValue("label", one, parseLabel);
    labels[key] = text;
  }
  return labels;
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new UsageError(`open ${path}: no such file or directory`, {
      subject: "value",
      cause,
    });
  }
}
