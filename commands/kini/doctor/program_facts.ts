/**
 * The programs that kind and kini need, as PATH has them.
 *
 * @module
 */
import { ownPath } from "../../own_path.ts";

/** A program in PATH. */
export interface FoundProgram {
  readonly path: string;
  /** What it said about itself; empty when it could not be asked. */
  readonly version: string;
}

/** Who is called by which name. */
export interface ProgramFacts {
  /** This program's own file. */
  readonly self: string;
  /** The `docker` that kind would call. */
  readonly docker?: FoundProgram;
  readonly dockerIsKini: boolean;
  /** A folder that has a `docker` link to this program. */
  readonly linkFolder?: string;
  /** The first `kind` that is not kini. */
  readonly kind?: FoundProgram;
}

/** Milliseconds that a program has to say its version. */
const PATIENCE = 2000;

type GetEnv = (name: string) => string | undefined;

/** Looks through PATH, and asks the programs found for their versions. */
export async function programFacts(env: GetEnv): Promise<ProgramFacts> {
  const path = env("PATH") ?? "";
  const self = await Deno.realPath(await ownPath(env));
  const [dockers, kinds] = await Promise.all([
    programsNamed("docker", path),
    programsNamed("kind", path),
  ]);
  const [docker] = dockers;
  const kind = kinds.find(({ real }) => real !== self);
  const own = docker?.real === self;
  const [dockerVersion, kindVersion, linkFolder] = await Promise.all([
    // Its own version, this program knows.
    docker && !own ? firstLine(docker.path, ["--version"]) : "",
    kind ? firstLine(kind.path, ["version"]) : "",
    findLinks(self, dockers.find(({ real }) => real === self)?.path),
  ]);
  return {
    self,
    dockerIsKini: own || /\bbuild kini-/.test(dockerVersion),
    ...(docker && { docker: { path: docker.path, version: dockerVersion } }),
    ...(kind && { kind: { path: kind.path, version: kindVersion } }),
    ...(linkFolder && { linkFolder }),
  };
}

/** Where a program of this name is in PATH, or `undefined`. */
export async function findProgram(
  name: string,
  path: string,
): Promise<string | undefined> {
  const [first] = await programsNamed(name, path);
  return first?.path;
}

async function programsNamed(
  name: string,
  path: string,
): Promise<{ path: string; real: string }[]> {
  const found = await Promise.all(
    path.split(":").map((folder) => executable(`${folder || "."}/${name}`)),
  );
  return found.filter((one) => one !== undefined);
}

async function executable(
  path: string,
): Promise<{ path: string; real: string } | undefined> {
  try {
    const real = await Deno.realPath(path);
    const { isFile, mode } = await Deno.stat(real);
    return isFile && (mode ?? 0) & 0o111 ? { path, real } : undefined;
  } catch {
    return undefined;
  }
}

/** The folder of links that `make install` makes, or another in PATH. */
async function findLinks(
  self: string,
  inPath: string | undefined,
): Promise<string | undefined> {
  const [, prefix] = /^(.*)\/bin\/[^/]*$/.exec(self) ?? [];
  const installed = prefix === undefined
    ? undefined
    : `${prefix}/lib/kini/docker`;
  for (const link of [inPath, installed]) {
    if (!link) continue;
    const found = await executable(link);
    if (found?.real === self) return link.replace(/\/[^/]*$/, "") || "/";
  }
  return undefined;
}

async function firstLine(program: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(PATIENCE),
    }).output();
    return new TextDecoder().decode(stdout).split("\n", 1)[0]!.trim();
  } catch {
    return "";
  }
}
