/**
 * Shell code that completes command lines, made from the command tables.
 *
 * @module
 */
import type { CommandNode } from "./command_tree.ts";

/** Shells that can be completed in. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = typeof SHELLS[number];

/** The code for one shell; `nodes` are those of `kini` and of `docker`. */
export function completionFor(
  shell: Shell,
  nodes: readonly CommandNode[],
): string {
  if (shell === "fish") return fish(nodes);
  return shell === "bash" ? bash(nodes) : zsh(nodes);
}

/** What the arguments of a command are, as its usage line names them. */
function kindOfArguments({ usage }: CommandNode): string {
  const [, name] = /\b(CONTAINER|IMAGE|NETWORK)\b/.exec(usage) ?? [];
  return name?.toLowerCase() ?? "";
}

function flagWords({ flags }: CommandNode): string[] {
  return [
    ...flags.flatMap(({ long, short }) =>
      short ? [`--${long}`, `-${short}`] : [`--${long}`]
    ),
    "--help",
  ];
}

function valueFlags({ flags }: CommandNode): string[] {
  return flags.filter(({ takesValue }) => takesValue)
    .flatMap(({ long, short }) =>
      short ? [`--${long}`, `-${short}`] : [`--${long}`]
    );
}

/** A POSIX shell function that knows a command by its words; bash and zsh read it alike. */
function knowledge(nodes: readonly CommandNode[]): string {
  const cases = nodes.map((node) =>
    `    ${quote(node.path)})
      subcommands=${quote(node.words.map(({ word }) => word).join(" "))}
      flags=${quote(flagWords(node).join(" "))}
      values=${quote(valueFlags(node).join(" "))}
      objects=${quote(kindOfArguments(node))} ;;`
  );
  return `# Sets what may follow the command that is named; fails if there is none.
_kini_command() {
  case $1 in
${cases.join("\n")}
    *) return 1 ;;
  esac
}

# Goes through the words before the cursor; sets at and taken, the count of
# arguments. Fails where a value is expected.
_kini_walk() {
  local word skip=
  at=$1 taken=0
  shift
  _kini_command "$at"
  for word in "$@"; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in
      -*)
        case " $values " in *" $word "*) skip=1 ;; esac
        continue ;;
    esac
    if [ -n "$subcommands" ] && _kini_command "$at $word"; then at="$at $word"
    elif [ "$at $word" = "kini docker" ]; then at=docker; _kini_command docker
    else _kini_command "$at"; taken=$((taken + 1)); fi
  done
  [ -z "$skip" ]
}

# Names of what is there.
_kini_objects() {
  local docker=docker
  [ "$1" != kini ] || docker="kini docker"
  case $2 in
    container) $docker ps -a --format '{{.Names}}' ;;
    image) $docker images --format '{{.Repository}}:{{.Tag}}' ;;
    network) $docker network ls --format '{{.Name}}' ;;
  esac 2>/dev/null
}
`;
}

function bash(nodes: readonly CommandNode[]): string {
  return `# bash completion for kini, and for docker where that is kini.
# Use: source <(kini completion bash)

${knowledge(nodes)}
_kini() {
  local subcommands flags values objects at taken
  local program=\${COMP_WORDS[0]##*/}
  local current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  _kini_walk "$program" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" || return 0
  case $current in
    -*) mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current"); return ;;
  esac
  if [ -n "$subcommands" ]; then
    # A word that is no command has none after it.
    [ "$taken" = 0 ] || return 0
    mapfile -t COMPREPLY < <(compgen -W "$subcommands" -- "$current")
  elif [ -n "$objects" ]; then
    mapfile -t COMPREPLY < <(
      compgen -W "$(_kini_objects "$program" "$objects")" -- "$current")
    # The shell breaks words at colons.
    case $current in
      *:*)
        local start=\${current%"\${current##*:}"}
        COMPREPLY=("\${COMPREPLY[@]#"$start"}") ;;
    esac
  fi
}

complete -o default -F _kini kini
case $(docker --version 2>/dev/null) in
  *"build kini-"*) complete -o default -F _kini docker ;;
esac
`;
}

function zsh(nodes: readonly CommandNode[]): string {
  return `#compdef kini
# zsh completion for kini, and for docker where that is kini.
# Use: source <(kini completion zsh), after compinit

${knowledge(nodes)}
_kini() {
  local -a given
  local subcommands flags values objects at taken
  local program=\${words[1]:t} current=\${words[CURRENT]}
  (( CURRENT > 2 )) && given=("\${(@)words[2,CURRENT-1]}")
  _kini_walk "$program" "\${given[@]}" || { _files; return; }
  if [[ $current == -* ]]; then compadd -- \${=flags}; return; fi
  if [[ -n $subcommands ]]; then
    (( taken )) || compadd -- \${=subcommands}
  elif [[ -n $objects ]]; then
    compadd -- \${(f)"$(_kini_objects "$program" "$objects")"}
    _files
  else _files; fi
}

compdef _kini kini
case $(docker --version 2>/dev/null) in
  *"build kini-"*) compdef _kini docker ;;
esac
`;
}

function fish(nodes: readonly CommandNode[]): string {
  const paths = nodes.map(({ path }) => quote(path)).join(" ");
  const values = nodes.map((node) =>
    `    case ${quote(node.path)}\n      set values ${
      valueFlags(node).join(" ")
    }`
  ).join("\n");
  const lines = nodes.flatMap((node) => {
    const [program] = node.path.split(" ");
    const programs = program === "docker" ? ["docker", "kini"] : ["kini"];
    const at = `-n ${fishQuote(`test "$(__kini_at)" = "${node.path}"`)}`;
    return programs.flatMap((one) => {
      const start = `complete -c ${one} ${at}`;
      const objects = kindOfArguments(node);
      return [
        ...node.words.map(({ word, summary }) =>
          `${start} -f -a ${word} -d ${fishQuote(summary)}`
        ),
        ...node.flags.map(({ long, short, summary, takesValue }) =>
          `${start} -l ${long}${short ? ` -s ${short}` : ""}${
            takesValue ? " -r" : ""
          } -d ${fishQuote(summary)}`
        ),
        `${start} -l help -d 'Print usage'`,
        ...(objects ? [`${start} -a '(__kini_objects ${objects})'`] : []),
      ];
    });
  });
  return `# fish completion for kini, and for docker where that is kini.
# Use: kini completion fish | source

function __kini_values
  set -l values
  switch $argv[1]
${values}
  end
  string join \\n -- $values
end

# The command before the cursor.
function __kini_at
  set -l paths ${paths}
  set -l given (commandline -opc)
  set -l at (string replace -r '.*/' '' -- $given[1])
  set -l skip 0
  for word in $given[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    if string match -q -- '-*' $word
      contains -- $word (__kini_values $at); and set skip 1
      continue
    end
    if test "$at $word" = "kini docker"
      set at docker
    else if contains -- "$at $word" $paths
      set at "$at $word"
    end
  end
  echo $at
end

function __kini_objects
  set -l docker docker
  set -l given (commandline -opc)
  string match -q -- '*kini' $given[1]; and set docker kini docker
  switch $argv[1]
    case container
      $docker ps -a --format '{{.Names}}' 2>/dev/null
    case image
      $docker images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null
    case network
      $docker network ls --format '{{.Name}}' 2>/dev/null
  end
end

${lines.join("\n")}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuote(text: string): string {
  return `'${
    text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", " ")
  }'`;
}
