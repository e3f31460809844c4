/**
 * `docker commit --change`: Dockerfile instructions that change an image's
 * configuration.
 *
 * @see https://docs.docker.com/reference/cli/docker/container/commit/
 * @module
 */
import {
  atLeastOne,
  checkFlags,
  checkPairs,
  exactlyOne,
  listOf,
  parseCommand,
  type Parsed,
  parseOne,
  parsePairs,
  parseSpaced,
  splitSpaces,
} from "./image_change_arguments.ts";
import {
  HEALTH_FLAGS,
  type HealthCheck,
  parseHealthCheck,
} from "./image_change_health.ts";
import {
  type ChangeLine,
  parseChangeLines,
  parseJsonForm,
} from "./image_change_lines.ts";
import { portsOf } from "./image_change_ports.ts";
import { expandWord, type LookUp } from "./image_change_words.ts";
import { resolvePath } from "./path.ts";
import { parseSignal } from "./signal.ts";

/** The part of an image's configuration that instructions change. */
export interface ChangeableConfig {
  user: string;
  /** `80/tcp`. */
  exposedPorts: string[];
  /** `NAME=value`. */
  env: string[];
  cmd: string[] | null;
  entrypoint: string[] | null;
  volumes: string[];
  workingDir: string;
  labels: Record<string, string>;
  stopSignal: string;
  onBuild: string[];
  healthCheck?: HealthCheck;
}

/** What a shell form runs in. */
const SHELL = ["/bin/sh", "-c"];

/** What is changed, and whether `CMD` was among it. */
interface Change {
  config: ChangeableConfig;
  cmdSet: boolean;
}

interface Instruction {
  parse(line: ChangeLine): Parsed;
  /** The flags that it has. */
  flags?: readonly string[];
  check?(parsed: Parsed, line: ChangeLine): void;
  apply(change: Change, parsed: Parsed, line: ChangeLine): void;
}

/**
 * Applies changes to a container's configuration, as docker's daemon does: a
 * new entrypoint takes the container's command away unless `CMD` sets one.
 *
 * @throws {SyntaxError} with docker's text.
 */
export function applyChanges(
  before: ChangeableConfig,
  changes: readonly string[],
): ChangeableConfig {
  if (changes.length === 0) return before;
  const lines = parseChangeLines(changes).map((line) => {
    const instruction = INSTRUCTIONS[line.name.toUpperCase()];
    return { line, instruction, parsed: instruction?.parse(line) };
  });
  const unknown = lines.find(({ instruction }) => !instruction);
  if (unknown) {
    throw new SyntaxError(
      `${unknown.line.name} is not a valid change command`,
    );
  }
  for (const { line, instruction, parsed } of lines) {
    checkFlags(line, instruction!.flags ?? []);
    instruction!.check?.(parsed!, line);
  }
  const change: Change = { config: structuredClone(before), cmdSet: false };
  for (const { line, instruction, parsed } of lines) {
    instruction!.apply(change, parsed!, line);
  }
  return inherit(change.config, before);
}

/** What an instruction left empty is the container's after all. */
function inherit(
  config: ChangeableConfig,
  before: ChangeableConfig,
): ChangeableConfig {
  config.user ||= before.user;
  if (!config.entrypoint?.length) {
    if (!config.cmd?.length) config.cmd = before.cmd;
    config.entrypoint ??= before.entrypoint;
  }
  return config;
}

const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  CMD: {
    parse: parseCommand,
    apply(change, parsed) {
      const { words, json } = listOf(parsed);
      change.config.cmd = json ? words : [...SHELL, ...words];
      if (change.config.cmd.length > 0) change.cmdSet = true;
    },
  },
  ENTRYPOINT: {
    parse: parseCommand,
    apply(change, parsed) {
      const { words, json } = listOf(parsed);
      change.config.entrypoint = words.length === 0
        ? null
        : json
        ? words
        : [...SHELL, ...words];
      if (!change.cmdSet) change.config.cmd = null;
    },
  },
  ENV: {
    parse: parsePairs,
    check: checkPairs,
    apply({ config }, parsed) {
      for (const [name, value] of expandPairs(parsed, config)) {
        const at = config.env.findIndex((one) => one.startsWith(`${name}=`));
        if (at < 0) config.env.push(`${name}=${value}`);
        else config.env[at] = `${name}=${value}`;
      }
    },
  },
  EXPOSE: {
    parse: parseSpaced,
    check: atLeastOne,
    apply({ config }, parsed) {
      const ports = listOf(parsed).words.flatMap((word) =>
        splitSpaces(expandWord(word, variablesOf(config)))
      );
      const all = new Set([...config.exposedPorts, ...ports.flatMap(portsOf)]);
      config.exposedPorts = [...all].sort();
    },
  },
  HEALTHCHECK: {
    parse: parseSpaced,
    flags: HEALTH_FLAGS,
    check(parsed, line) {
      atLeastOne(parsed, line);
      parseHealthCheck(line);
    },
    apply({ config }, _parsed, line) {
      config.healthCheck = parseHealthCheck(line);
    },
  },
  LABEL: {
    parse: parsePairs,
    check: checkPairs,
    apply({ config }, parsed) {
      for (const [name, value] of expandPairs(parsed, config)) {
        config.labels[name] = value;
      }
    },
  },
  ONBUILD: {
    parse: parseSpaced,
    check(parsed, line) {
      atLeastOne(parsed, line);
      const trigger = listOf(parsed).words[0]!.toUpperCase();
      if (trigger === "ONBUILD") {
        throw new SyntaxError(
          "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
        );
      }
      if (trigger === "MAINTAINER" || trigger === "FROM") {
        throw new SyntaxError(
          `${trigger} isn't allowed as an ONBUILD trigger`,
        );
      }
    },
    apply({ config }, _parsed, line) {
      config.onBuild.push(line.whole);
    },
  },
  STOPSIGNAL: {
    parse: parseOne,
    check: exactlyOne,
    apply({ config }, parsed) {
      const signal = oneOf(parsed, config);
      checkSignal(signal);
      config.stopSignal = signal;
    },
  },
  USER: {
    parse: parseOne,
    check: exactlyOne,
    apply({ config }, parsed) {
      config.user = oneOf(parsed, config);
    },
  },
  VOLUME: {
    parse: (line) => {
      const words = parseJsonForm(line.rest);
      return words ? { kind: "list", words, json: true } : parseSpaced(line);
    },
    check(parsed, line) {
      atLeastOne(parsed, line);
      if (listOf(parsed).words.some((word) => word.trim() === "")) {
        throw new SyntaxError("VOLUME specified can not be an empty string");
      }
    },
    apply({ config }, parsed) {
      const paths = listOf(parsed).words.map((word) =>
        expandWord(word.trim(), variablesOf(config))
      );
      config.volumes = [...new Set([...config.volumes, ...paths])].sort();
    },
  },
  WORKDIR: {
    parse: parseOne,
    check: exactlyOne,
    apply({ config }, parsed) {
      const path = oneOf(parsed, config);
      if (path === "") throw new SyntaxError("cannot normalize nothing");
      config.workingDir = resolvePath(
        resolvePath("/", config.workingDir || "/"),
        path,
      );
    },
  },
};

function oneOf(parsed: Parsed, config: ChangeableConfig): string {
  return expandWord(listOf(parsed).words[0] ?? "", variablesOf(config));
}

/** All words are expanded before the first of them counts. */
function expandPairs(
  parsed: Parsed,
  config: ChangeableConfig,
): [name: string, value: string][] {
  if (parsed.kind !== "pairs") throw new TypeError("a list has no pairs");
  const lookUp = variablesOf(config);
  return parsed.pairs.map(([name, value]) => [
    expandWord(name, lookUp),
    expandWord(value, lookUp),
  ]);
}

function variablesOf({ env }: ChangeableConfig): LookUp {
  const variables = new Map(env.map((text) => {
    const at = text.indexOf("=");
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  }));
  return (name) => variables.get(name);
}

/** Any number will do, but zero. */
function checkSignal(signal: string): void {
  if (/^[+-]?\d+$/.test(signal) && Number(signal) !== 0) return;
  try {
    parseSignal(signal);
  } catch (cause) {
    throw new SyntaxError(`invalid signal: ${signal}`, { cause });
  }
}
