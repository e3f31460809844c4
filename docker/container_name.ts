/** The longest name that Incus takes, the length of a DNS label. */
const LONGEST_INSTANCE_NAME = 63;

/**
 * Checks a name by docker's rule and returns it without the leading slash that docker allows.
 *
 * @throws {RangeError} With docker's text, as `Invalid container name (a b), only … are allowed`.
 */
export function checkContainerName(name: string): string {
  const bare = name.startsWith("/") ? name.slice(1) : name;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(bare)) {
    throw new RangeError(
      `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }
  return bare;
}

/** Tells in a sentence why Incus would not take a name that docker takes; undefined when it would. */
export function incusNameProblem(name: string): string | undefined {
  const names = `Incus cannot name an instance "${name}":`;
  if (name.length > LONGEST_INSTANCE_NAME) {
    return `${names} it has ${name.length} characters, and ${LONGEST_INSTANCE_NAME} are the most`;
  }
  const wrong = /[^a-zA-Z0-9-]/.exec(name)?.[0];
  if (wrong !== undefined) {
    return `${names} it has "${wrong}", and only letters, digits and hyphens are allowed`;
  }
  if (name === "") return `${names} it is empty`;
  if (name.startsWith("-") || name.endsWith("-")) {
    return `${names} it starts or ends with a hyphen`;
  }
  if (/^\d+$/.test(name)) return `${names} it is a number`;
  return undefined;
}

const QUALITIES =
  "amber brave brisk calm clear cosy crisp dapper eager early " +
  "fair fleet fresh gentle glad golden hardy honest jolly keen " +
  "kind light lively lucky mellow merry mild modest neat noble " +
  "patient placid plucky quick quiet rapid ready silver sleek smart " +
  "snug steady sunny swift tidy trusty vivid warm wise witty";
const THINGS =
  "acorn alder aspen badger beacon birch brook canyon cedar cove " +
  "crane delta dune ember falcon fern finch fjord forest glade " +
  "grove harbor heron island juniper kestrel lagoon lantern larch linden " +
  "maple marten meadow otter pebble pine plover prairie quarry raven " +
  "reef ridge river robin sparrow spruce summit thicket valley willow";

/**
 * Makes up a name such as `quiet-otter`, good for docker and for Incus.
 *
 * @param random Returns numbers from 0 up to 1, as `Math.random`.
 * @param attempt How often a name was already taken; from the first time on digits follow.
 */
export function randomContainerName(random: () => number, attempt = 0): string {
  const pick = (words: string) => {
    const list = words.split(" ");
    return list[Math.floor(random() * list.length)]!;
  };
  const name = `${pick(QUALITIES)}-${pick(THINGS)}`;
  return attempt === 0
    ? name
    : `${name}-${Math.floor(random() * 10 ** (attempt + 1))}`;
}
