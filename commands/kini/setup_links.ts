/**
 * The links by which kini is called `docker` and `kind`.
 *
 * @module
 */
import { systemReason } from "../errors.ts";
import { isProgram, isSameFile } from "../own_path.ts";

/** The names that kini answers to beside its own. */
export const LINKS = ["docker", "kind"] as const;

/** One link, and what stands in its place now. */
export interface LinkPlan {
  path: string;
  /**
   * `there` needs nothing, and `kind` is a kind that kini runs: it stays.
   * `foreign` is not kini's.
   */
  state: "missing" | "there" | "kind" | "outdated" | "foreign";
}

/** Looks at what stands in a folder where the links are to be; changes nothing. */
export async function planLinks(
  folder: string,
  target: string,
): Promise<LinkPlan[]> {
  if (folder.includes(":")) {
    throw new Error(
      `Cannot make links in "${folder}": a folder in PATH can't have a colon ` +
        "in its name: choose another one",
    );
  }
  return await Promise.all(LINKS.map(async (name) => {
    const path = `${folder}/${name}`;
    try {
      return { path, state: await stateOf(path, target) };
    } catch (cause) {
      throw linkError(path, cause);
    }
  }));
}

/**
 * Makes the links that a plan calls for. What is not kini's is moved aside
 * under the name that is returned beside it, never lost.
 */
export async function makeLinks(
  plan: readonly LinkPlan[],
  target: string,
): Promise<{ path: string; movedTo?: string }[]> {
  const made: { path: string; movedTo?: string }[] = [];
  for (const { path, state } of plan) {
    if (state === "there" || state === "kind") continue;
    try {
      const movedTo = await makeLink(path, target, state === "foreign");
      made.push(movedTo === undefined ? { path } : { path, movedTo });
    } catch (cause) {
      throw linkError(path, cause);
    }
  }
  return made;
}

async function makeLink(
  path: string,
  target: string,
  keep: boolean,
): Promise<string | undefined> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  // Made beside it first: what fails, fails before anything was touched, and
  // there is a link at every moment.
  const fresh = `${path}.${crypto.randomUUID()}`;
  await Deno.symlink(target, fresh);
  try {
    let movedTo: string | undefined;
    if (keep) {
      movedTo = await freeName(`${path}.before-kini`);
      await Deno.rename(path, movedTo);
    }
    await Deno.rename(fresh, path);
    return movedTo;
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
}

function linkError(path: string, cause: unknown): Error {
  return new Error(
    `Cannot make the link "${path}": ${systemReason(cause)}: choose a ` +
      "folder that you may write to",
    { cause },
  );
}

/** `path`, or with a number behind it when that is taken. */
export async function freeName(path: string): Promise<string> {
  for (let number = 0;; number++) {
    const name = number === 0 ? path : `${path}.${number}`;
    try {
      await Deno.lstat(name);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return name;
      throw error;
    }
  }
}

async function stateOf(
  path: string,
  target: string,
): Promise<LinkPlan["state"]> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.lstat(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return "missing";
    throw error;
  }
  if (await isSameFile(path, target)) return "there";
  // A kini that was moved or removed leaves a link by this name behind.
  if (found.isSymlink && /(^|\/)kini$/.test(await Deno.readLink(path))) {
    return "outdated";
  }
  return /\/kind$/.test(path) && await isProgram(path) ? "kind" : "foreign";
}
