/**
 * The `Config` that containers and images have in common.
 *
 * @module
 */
import {
  type GoInput,
  goMap,
  goNil,
  goSlice,
  type GoStruct,
  goStruct,
} from "./go_value.ts";

/** What a `Config` says; what is absent is shown as docker's zero value. */
export interface ConfigFacts {
  hostname?: string;
  user?: string;
  attachStdin?: boolean;
  attach?: boolean;
  exposedPorts: readonly string[];
  tty?: boolean;
  openStdin?: boolean;
  env: readonly string[] | null;
  cmd: readonly string[] | null;
  image?: string;
  volumes: readonly string[];
  workingDir?: string;
  entrypoint: readonly string[] | null;
  /** `null` is shown as such. */
  labels: Readonly<Record<string, string>> | null;
  stopSignal?: string;
  stopTimeout?: number | null;
}

/** A `Config` as docker's `*container.Config`. */
export function goConfig(config: ConfigFacts): GoStruct {
  const openStdin = config.openStdin ?? false;
  return goStruct("*container.Config", {
    Hostname: config.hostname ?? "",
    Domainname: "",
    User: config.user ?? "",
    AttachStdin: config.attachStdin ?? false,
    AttachStdout: config.attach ?? false,
    AttachStderr: config.attach ?? false,
    "ExposedPorts,omitempty": goSet(config.exposedPorts, "nat.PortSet"),
    Tty: config.tty ?? false,
    OpenStdin: openStdin,
    StdinOnce: openStdin && (config.attach ?? false),
    Env: config.env ? goSlice(config.env, "[]string") : goNil("[]string"),
    Cmd: strings(config.cmd),
    "Healthcheck,omitempty": goNil("*v1.HealthcheckConfig"),
    "ArgsEscaped,omitempty": false,
    Image: config.image ?? "",
    Volumes: config.volumes.length > 0
      ? goSet(config.volumes, "map[string]struct {}")
      : goNil("map[string]struct {}"),
    WorkingDir: config.workingDir ?? "",
    Entrypoint: strings(config.entrypoint),
    "NetworkDisabled,omitempty": false,
    "MacAddress,omitempty": "",
    OnBuild: goNil("[]string"),
    Labels: config.labels ? goMap(config.labels) : goNil("map[string]string"),
    "StopSignal,omitempty": config.stopSignal ?? "",
    ...(typeof config.stopTimeout === "number"
      ? { StopTimeout: config.stopTimeout }
      : { "StopTimeout,omitempty": goNil("*int") }),
    "Shell,omitempty": goNil("[]string"),
  });
}

/** A Go map whose keys alone count. */
function goSet(keys: readonly string[], type: string): GoInput {
  const empty = goStruct("struct {}", {});
  return goMap(
    Object.fromEntries(keys.map((key) => [key, empty])),
    type,
    empty,
  );
}

function strings(list: readonly string[] | null): GoInput {
  return list ? goSlice(list, "strslice.StrSlice") : goNil("[]string");
}
