/**
 * Shell code that completes command lines, made from the command tables.
 *
 * @module
 */
import type { CommandNode } from "./command_tree.ts";

/** Shells that can be completed in. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = typeof SHELLS[number];

/** The code for one shell; `nodes` are those of `kini` and of `docker`. */
export function completionFor(
  shell: Shell,
  all: readonly CommandNode[],
): string {
  const words = all.find(({ path }) => path === "kini")?.words ?? [];
  const topics = [...words.map(({ word }) => word), "environment"].join("|");
  const nodes = all.map((node) =>
    node.path === "kini help" ? { ...node, usage: topics } : node
  );
  if (shell === "fish") return fish(nodes);
  return shell === "bash" ? bash(nodes) : zsh(nodes);
}

/**
 * What the arguments of a command are, one word each, as its usage line has
 * them: a kind of thing, `=a|b` for words to choose from, `own` for what
 * belongs to the container, and `-`; the last with `+` may come again.
 */
function placesOf({ path, usage, words }: CommandNode): string[] {
  // The name of a new one is nobody's to guess.
  if (words.length > 0 || path.endsWith("network create")) return [];
  const places: string[] = [];
  for (const word of usage.split("\n", 1)[0]!.split(" ")) {
    if (word === "" || word === "[OPTIONS]") continue;
    const place = placeOf(word);
    if (word.endsWith("...]") && place !== "own") {
      if (places.length > 0) places.push(`${places.pop()}+`);
      break;
    }
    places.push(place);
    if (place === "own") break;
  }
  return places.some((one) => one !== "-") ? places : [];
}

function placeOf(word: string): string {
  const [, choice] = /^\[?([a-z]+(?:\|[a-z]+)+)\]?$/.exec(word) ?? [];
  if (choice) return `=${choice}`;
  if (/^\[?(?:COMMAND|ARG)\b/.test(word)) return "own";
  if (/^\[?NAME\|ID/.test(word)) return "any";
  if (/^\[?CONTAINER(?!:)/.test(word)) return "container";
  if (/^\[?NETWORK/.test(word)) return "network";
  return /^\[?(?:\w*IMAGE|REPOSITORY|NAME\[:)/.test(word) ? "image" : "-";
}

/** Flags whose value names something that is there. */
const NETWORK_FLAGS = ["network", "net"];

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
      places=${quote(placesOf(node).join(" "))} ;;`
  );
  return `# Sets what may follow the command that is named; fails if there is none.
_kini_command() {
  case $1 in
${cases.join("\n")}
    *) return 1 ;;
  esac
}

# Goes through the words before the cursor. Sets at; taken, the count of
# arguments; pending, the flag that expects a value; and place, what the next
# argument is.
_kini_walk() {
  local word
  at=$1 taken=0 pending=
  shift
  _kini_command "$at"
  for word in "$@"; do
    if [ -n "$pending" ]; then pending=; continue; fi
    case $word in
      -*)
        case " $values " in *" $word "*) pending=$word ;; esac
        continue ;;
    esac
    if [ -n "$subcommands" ] && _kini_command "$at $word"; then at="$at $word"
    elif [ "$at $word" = "kini docker" ]; then at=docker; _kini_command docker
    else _kini_command "$at"; taken=$((taken + 1)); fi
  done
  local left=$taken rest="$places "
  while :; do
    place=\${rest%% *} rest=\${rest#* }
    case $place in
      *+) place=\${place%+}; break ;;
      '' | own) break ;;
    esac
    [ "$left" -gt 0 ] || break
    left=$((left - 1))
  done
}

# Names of what is there.
_kini_objects() {
  local docker=docker
  [ "$1" != kini ] || docker="kini docker"
  case $2 in
    '='*) printf '%s\\n' "\${2#=}" | tr '|' '\\n' ;;
    container | any) \${=docker} ps -a --format '{{.Names}}' ;;
  esac 2>/dev/null
  case $2 in
    image | any)
      \${=docker} images --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>' ;;
    network) \${=docker} network ls --format '{{.Name}}' ;;
  esac 2>/dev/null
}
`;
}

function bash(nodes: readonly CommandNode[]): string {
  return `# bash completion for kini, and for docker where that is kini.
# Use: source <(kini completion bash)

${knowledge(nodes).replaceAll("${=docker}", "$docker")}
_kini() {
  local subcommands flags values places at taken pending place word
  local program=\${COMP_WORDS[0]##*/}
  local -a given=()
  # The shell breaks words at colons and equals signs.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#given[@]} -gt 0 && ( $word == [:=]* || \${given[-1]} == *[:=] ) ]]
    then given[-1]+=$word
    else given+=("$word"); fi
  done
  local current=\${given[-1]}
  COMPREPLY=()
  _kini_walk "$program" "\${given[@]:0:\${#given[@]}-1}"
  case $pending$current in
    ${NETWORK_FLAGS.map((flag) => `--${flag}=*`).join(" | ")})
      place=network current=\${current#*=} ;;
    *)
      case $pending in
        ${
    NETWORK_FLAGS.map((flag) => `--${flag}`).join(" | ")
  }) place=network ;;
        ?*) return 0 ;;
      esac ;;
  esac
  [ "$place" != own ] || return 0
  case $current in
    -*) mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current"); return ;;
  esac
  if [ -n "$subcommands" ]; then
    # A word that is no command has none after it.
    [ "$taken" = 0 ] || return 0
    mapfile -t COMPREPLY < <(compgen -W "$subcommands" -- "$current")
  elif [ -n "$place" ]; then
    # Not by compgen, which would run what a name has in it.
    while IFS= read -r word; do
      if [[ $word == "$current"* ]]; then COMPREPLY+=("$word"); fi
    done < <(_kini_objects "$program" "$place")
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
  local subcommands flags values places at taken pending place
  local program=\${words[1]:t} current=\${words[CURRENT]}
  (( CURRENT > 2 )) && given=("\${(@)words[2,CURRENT-1]}")
  _kini_walk "$program" "\${given[@]}"
  case $pending$current in
    ${
    NETWORK_FLAGS.map((flag) => `--${flag}=*`).join(" | ")
  }) compset -P '*='; place=network current= ;;
    *)
      case $pending in
        ${
    NETWORK_FLAGS.map((flag) => `--${flag}`).join(" | ")
  }) place=network ;;
        ?*) _files; return ;;
      esac ;;
  esac
  if [[ $place == own ]]; then _files; return; fi
  if [[ $current == -* ]]; then compadd -- \${=flags}; return; fi
  if [[ -n $subcommands ]]; then
    (( taken )) || compadd -- \${=subcommands}
  elif [[ -n $place ]]; then
    compadd -- \${(f)"$(_kini_objects "$program" "$place")"}
    [[ $place == '='* || $place == network ]] || _files
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
      const places = placesOf(node).join(" ");
      const onlyThese = /^=/.test(places) ? " -f" : "";
      return [
        ...node.words.map(({ word, summary }) =>
          `${start} -f -a ${word} -d ${fishQuote(summary)}`
        ),
        ...node.flags.map(({ long, short, summary, takesValue }) =>
          `${start} -l ${long}${short ? ` -s ${short}` : ""}${
            NETWORK_FLAGS.includes(long)
              ? " -r -f -a '(__kini_objects network)'"
              : takesValue
              ? " -r"
              : ""
          } -d ${fishQuote(summary)}`
        ),
        `${start} -l help -d 'Print usage'`,
        ...(places
          ? [
            `${start}${onlyThese} -a ${
              fishQuote(
                `(__kini_place ${places.split(" ").map(fishQuote).join(" ")})`,
              )
            }`,
          ]
          : []),
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
  set -g __kini_taken 0
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
    else
      set __kini_taken (math $__kini_taken + 1)
    end
  end
  echo $at
end

# Names for the argument at the cursor; __kini_at has counted those before it.
function __kini_place
  set -l left $__kini_taken
  for place in $argv
    if string match -q '*+' -- $place
      __kini_objects (string replace '+' '' -- $place)
      return
    end
    if test $left = 0
      __kini_objects $place
      return
    end
    set left (math $left - 1)
  end
end

function __kini_objects
  set -l docker docker
  set -l given (commandline -opc)
  string match -q -- '*kini' $given[1]; and set docker kini docker
  switch $argv[1]
    case '=*'
      string split '|' -- (string sub -s 2 -- $argv[1])
    case container any
      $docker ps -a --format '{{.Names}}' 2>/dev/null
  end
  switch $argv[1]
    case image any
      $docker images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null |
        string match -v '*<none>*'
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
