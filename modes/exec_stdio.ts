/**
 * Streams that a command may open by their paths.
 *
 * The server's pipes are made outside of the container and belong to the
 * host's root. Where that is nobody whom the container knows (it runs in a user
 * namespace), or where the command isn't root's, the kernel refuses to open
 * them anew: `cp /dev/stdin FILE` fails, though fd 0 can be read. Docker's
 * runtimes give such pipes to the command's user. Here the container's own
 * shell makes pipes inside and becomes the command, and `cat` carries the bytes
 * between inner and outer pipes: so signals and the exit code stay the
 * command's, and nothing is written to any disk.
 *
 * @module
 */

/** What makes the pipes. */
export const SHELL = "/bin/sh";

/** Which streams of a command get pipes of the container's own. */
export interface InnerPipes {
  stdin: boolean;
  /** stdout and stderr. */
  output: boolean;
}

/** Words that name a stream of the process itself. */
const OUTPUT_PATH =
  /\/dev\/(?:stdout|stderr|fd\/[12]\b)|\/proc\/[^/\s]+\/fd\/[12]\b/;

/** Variables that shells add to their environment. */
const OF_SHELLS = ["OLDPWD", "PWD", "SHLVL", "_"];

/**
 * Which pipes a command asks for. Any program may open `/dev/stdin`; outputs
 * are opened by path when the command line says so.
 */
export function innerPipesFor(
  command: readonly string[],
  interactive: boolean,
): InnerPipes | undefined {
  const output = command.some((word) => OUTPUT_PATH.test(word));
  return interactive || output ? { stdin: interactive, output } : undefined;
}

/**
 * The command with inner pipes, by way of {@linkcode SHELL}; undefined where a shell
 * would not hand its environment on unchanged.
 *
 * Where the container has no `cat` or no `/proc`, the shell becomes the command
 * with its outer streams.
 *
 * @param environment names of the variables that the command is to have.
 */
export function withInnerPipes(
  command: readonly string[],
  pipes: InnerPipes,
  environment: Iterable<string>,
): string[] | undefined {
  const names = new Set(environment);
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return undefined;
  }
  const added = OF_SHELLS.filter((name) => !names.has(name));
  const script = FIND_PROGRAM +
    (pipes.stdin ? INNER_STDIN : "") +
    (pipes.output ? INNER_OUTPUT : "") +
    `unset ${added.join(" ")}\n` +
    'exec "$@"\n';
  return [SHELL, "-c", script, "kini", ...command];
}

/** A shell would say itself what it can't run, and differently. */
const FIND_PROGRAM = `case $1 in
*/*)
  [ -d "$1" ] && exit 126
  [ -e "$1" ] || exit 127
  [ -x "$1" ] || exit 126
  ;;
*)
  (
    set -f
    IFS=:
    for kini_ in $PATH; do
      [ -f "$kini_/$1" ] && [ -x "$kini_/$1" ] && exit 0
    done
    exit 127
  ) || exit 127
  ;;
esac
`;

/**
 * A here-document is a pipe in most shells, and its writing end can be opened
 * by path. bash before 5.1 makes a file, but has process substitution.
 *
 * `cat` is nobody's child that the command would have to wait for.
 */
const INNER_STDIN = `if command -v cat >/dev/null; then
  exec 3<&0 0<<E
x
E
  if [ -p /proc/self/fd/0 ] && read -r kini_; then
    exec 4>/proc/self/fd/0
    (exec cat <&3 >&4 2>/dev/null 3<&- 4>&- &)
    exec 3<&- 4>&-
  elif [ -n "$BASH_VERSION" ]; then
    set +o posix
    eval 'exec 0< <(cat <&3 2>/dev/null 3<&- &) 3<&-'
  else
    exec 0<&3 3<&-
  fi
fi
`;

const INNER_OUTPUT = `if command -v cat >/dev/null; then
  exec 5<<E 7<<E
x
E
x
E
  if [ -p /proc/self/fd/5 ] && read -r kini_ <&5 && read -r kini_ <&7; then
    exec 6>/proc/self/fd/5 8>/proc/self/fd/7
    (exec cat <&5 2>/dev/null 5<&- 6>&- 7<&- 8>&- &)
    (exec cat <&7 >&2 2>/dev/null 5<&- 6>&- 7<&- 8>&- &)
    exec >&6 2>&8
  fi
  exec 5<&- 6>&- 7<&- 8>&-
fi
`;
