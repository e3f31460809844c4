/**
 * Prints the notes of a release out of CHANGELOG.md:
 *
 *     deno run --allow-read tools/release_notes.ts v0.1.0
 *
 * The tag has to be the version of `deno.json` and to have its section, so that
 * a tag that came too early makes no release.
 *
 * @module
 */

/**
 * The section of a version.
 *
 * @throws {Error} when there is none, or nothing in it.
 */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((one) => {
    const [title = ""] = one.split("\n", 1);
    return title.split(/[\s(]/, 1)[0] === version;
  });
  const text = found?.slice(found.indexOf("\n")).trim();
  if (!text) {
    throw new Error(
      `CHANGELOG.md has no section "## ${version}": rename "## Unreleased"`,
    );
  }
  return `${text}\n`;
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const [tag = ""] = Deno.args;
  const { version } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  ) as { version: string };
  try {
    if (tag !== `v${version}`) {
      throw new Error(`the tag is "${tag}", but deno.json has ${version}`);
    }
    const changelog = await Deno.readTextFile(new URL("CHANGELOG.md", root));
    const text = new TextEncoder().encode(notesOf(changelog, version));
    await Deno.stdout.write(text);
  } catch (error) {
    const text = `release notes: ${(error as Error).message}\n`;
    await Deno.stderr.write(new TextEncoder().encode(text));
    Deno.exit(1);
  }
}
