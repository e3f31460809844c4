/**
 * The links by which kini is called `docker` and `kind`.
 *
 * @module
 */

/** The names that kini answers to beside its own. */
export const LINKS = ["docker", "kind"] as const;

/** One link, and what stands in its place now. */
export interface LinkPlan {
  path: string;
  /** `there` needs nothing; `foreign` is not kini's. */
  state: "missing" | "there" | "outdated" | "foreign";
}

/** The file that runs: this program, or the launcher that started it. */
export async function ownPath(
  env: (name: string) => string | undefined,
): Promise<string> {
  const launcher = env("KINI_LAUNCHER");
  return launcher ? await Deno.realPath(launcher) : Deno.execPath();
}

/** Looks at what stands in a folder where the links are to be; changes nothing. */
export function planLinks(folder: string, target: string): Promise<LinkPlan[]> {
  return Promise.all(LINKS.map(async (name) => {
    const path = `${folder}/${name}`;
    return { path, state: await stateOf(path, target) };
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
    if (state === "there") continue;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    let movedTo: string | undefined;
    if (state === "foreign") {
      movedTo = await freeName(`${path}.before-kini`);
      await Deno.rename(path, movedTo);
    }
    // In one step, so that there is a link at every moment.
    const fresh = `${path}.${crypto.randomUUID()}`;
    await Deno.symlink(target, fresh);
    await Deno.rename(fresh, path);
    made.push(movedTo === undefined ? { path } : { path, movedTo });
  }
  return made;
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
  try {
    if (!(await Deno.lstat(path)).isSymlink) return "foreign";
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return "missing";
    throw error;
  }
  const linked = await Deno.readLink(path);
  if (linked === target) return "there";
  // A kini that was moved or removed leaves a link by this name behind.
  return /(^|\/)kini$/.test(linked) ? "outdated" : "foreign";
}
