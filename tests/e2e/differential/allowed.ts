/**
 * Where kini may print something else than Docker Engine, and why.
 *
 * @module
 */
import type { Replacement } from "./normalise.ts";

/** One difference that is allowed. */
export interface Allowed {
  /** The calls that it is about. */
  calls: RegExp;
  reason: string;
  /** Made in both hosts' outputs before they are compared. */
  replace?: readonly Replacement[];
  /** Stdout and stderr are compared as one, stdout first. */
  join?: boolean;
  /** Isn't compared at all. */
  ignore?: readonly ("code" | "stdout" | "stderr")[];
}

/** The client: words, and commands that kini doesn't have. */
const CLIENT: readonly Allowed[] = [
  {
    calls: /^docker (-v|--version)$/,
    reason: "it says which build this is",
    replace: [[/26\.1\.5\S*, build \S+/g, "<version>"]],
  },
  {
    calls: /nonesuch|^docker( \w+)? >|docker \$c --nonesuch/,
    reason: "help lists the commands that there are",
    replace: [[
      /\n*Usage: {2}docker( \w+| \[OPTIONS\])? COMMAND\n[^]*?(guides\/\n*|for more information on a command\.\n*(?!\n*For|\n))/g,
      "\n<help>\n",
    ]],
  },
  {
    calls: /^for c in attach /,
    reason: "there is no docker attach",
    replace: [
      [/docker: 'attach' is not a docker command\.\nSee 'docker --help'\n/, ""],
      [/"docker attach" requires[^]*?running container\n/, ""],
      [
        /unknown flag: --nonesuch\nSee 'docker( container)?( attach)? --help'\.\n/,
        "",
      ],
      [/^attach \d+\n/, ""],
      [/<help>\n/, ""],
    ],
  },
  {
    calls: /-t x /,
    reason: "the flag's name as of docker 28, of which --time is an alias",
    replace: [[/-t, --time(out)?/, "-t, --timeout"]],
  },
  {
    calls: /context inspect/,
    reason: "there is one context, and its endpoint is the server of Incus",
    replace: [
      [
        /unix:\/\/\/var\/(run\/docker\.sock|lib\/incus\/unix\.socket)/g,
        "<socket>",
      ],
      [/(context not found: ).*/, "$1<reason>"],
      [/\\u003c(.*)\\u003e/g, "<$1>"],
      [
        /can't evaluate field Nonesuch in type .*|map has no entry for key "Nonesuch"/,
        "<no field>",
      ],
    ],
  },
  {
    calls: /version --format/,
    reason: "the server is Incus, with an API and components of its own",
    replace: [
      [/linux 1\.\d+/, "linux <version>"],
      [
        /^Server (BuildTime|Components \[\] Details (ApiVersion|Arch|BuildTime|Experimental|GitCommit|GoVersion|KernelVersion|MinAPIVersion|Os)) string\n/gm,
        "",
      ],
    ],
  },
];

/** What the server is. */
const SERVER: readonly Allowed[] = [
  {
    calls: /docker info/,
    reason:
      "it describes Incus: its runtime, its name, no registries of its own",
    replace: [
      [/^RegistryConfig .*\n/gm, ""],
      [/^Kini\b.*\n/gm, ""],
      [/^Runtimes .*\n/gm, ""],
      [/Debian GNU\/Linux 13( \(trixie\))?/, "Debian"],
      [/lab-(docker|incus2)/, "<host>"],
      [/^(host|ipvlan|macvlan|overlay)\n/gm, ""],
      [/^\d+\n$/, "<lines>\n"],
    ],
  },
  {
    calls: /docker (images |(image )?(history|prune)|system df)/,
    reason:
      "sizes are those of what is kept: compressed images and tar archives",
    replace: [
      [/\b\d+(\.\d+)?[kMG]?B\b/g, "<size>"],
      [/(<size>) \(\d+%\)/g, "$1"],
      [/(<missing> .*) {2}\d+ {2}/g, "$1  <size>  "],
    ],
  },
  {
    calls: /inspect (kini\/test:1|diff-[\w:]+) \| keys/,
    reason: "Incus tells no folders of its storage",
    replace: [[/^\[\] GraphDriver Data .*\n/gm, ""]],
  },
  {
    calls: /docker (rmi|history) ''/,
    reason: "an empty name is refused, where docker asks for a page",
    replace: [[/page not found|invalid reference format/, "<no name>"]],
  },
  {
    calls: /--platform/,
    reason: "it says what the server can run, before it asks a registry",
    replace: [[/^[^]*(nonesuch|s390x)[^]*?\n(See|$)/, "<refused>\n$2"]],
  },
  {
    calls: /no-such-registry/,
    reason: "Incus and skopeo have their own words before the network's",
    replace: [[/(daemon: ).*(Get "https)/, "$1$2"]],
  },
];

/** One network, that of the default profile, under many names. */
const NETWORK: readonly Allowed[] = [
  {
    calls: /docker network inspect|docker network ls .*IPv6|GlobalIPv6Address/,
    reason: "every network is Incus's, with its subnets and IPv6 by default",
    replace: [
      [/(<ip>\/)\d+/g, "$1<bits>"],
      [/ ?\{<ip6>\/64 {2}<ip6> map\[\]\}/, ""],
      [/<ip6>\/64( |\n)?/, ""],
      [/,<ip6>/, ","],
      [/^[12] default/, "<n> default"],
      [/(bridge local) (true|false)/, "$1 <ipv6>"],
      [/^\[\] Options com\.docker.*\n/gm, ""],
      [/^\{"com\.docker\.network\.bridge\.default_bridge.*\}$/m, "{}"],
      [/^1500$/m, ""],
    ],
  },
  {
    calls: /type=builtin|(inspect|rm) host/,
    reason: "instances can't share the host's network, so there is none",
    ignore: ["code", "stdout", "stderr"],
  },
];

/** Streams and surroundings of a process. */
const PROCESS: readonly Allowed[] = [
  {
    calls: /echo err|touch \/b\/denied|docker logs diff-both/,
    reason: "the console is one terminal, so both streams arrive on stdout",
    join: true,
  },
  {
    calls: /test -t 1 \|\| echo none/,
    reason: "the console is a terminal",
    ignore: ["stdout"],
  },
  {
    calls: /\bid\b|id;/,
    reason: "Incus gives a process no supplementary groups, not even its own",
    replace: [[/ groups=\S+/g, ""]],
  },
  {
    calls: /\benv \| sort/,
    reason: "liblxc and Incus add variables, and the shell of /init counts",
    replace: [
      [/^(container|TERM|USER|LANG|PWD|CREDENTIALS_DIRECTORY)=.*\n/gm, ""],
      [/^SHLVL=.*\n/m, ""],
      [/^HOSTNAME=.*$/m, "HOSTNAME=<name>"],
    ],
  },
  {
    calls: /-e FROM_RUN diff-box/,
    reason: "Incus can't take a variable of the container away from a command",
    ignore: ["stdout"],
  },
  {
    calls: /-e L=.*docker run|docker run .*-e L=/,
    reason: "Incus would write a broken configuration",
    ignore: ["code", "stdout", "stderr"],
  },
  {
    calls: /--hostname diff-host .*\/etc\/host|--add-host extra/,
    reason:
      "/etc/hosts and /etc/hostname are the server's, in unprivileged containers read-only",
    ignore: ["code", "stdout"],
  },
  {
    calls: /ip_unprivileged_port_start=1/,
    reason: "Incus lets OCI containers open every port",
    replace: [[/^[01]$/m, "<port>"]],
  },
  {
    calls: /mkdir \/m; mount -t tmpfs none \/m'/,
    reason: "a user namespace confines, so root may mount in it",
    ignore: ["code", "stderr"],
  },
  {
    calls: /--read-only/,
    reason: "not there yet: an unknown flag is refused",
    ignore: ["code", "stderr"],
  },
];

/** Commands that can't start. */
const EXEC: readonly Allowed[] = [
  {
    calls:
      /^docker exec (?!--detach-keys).*(nonesuch|\/etc|''|-x|--help|-- echo|relative|PATH=)/,
    reason:
      "the reason goes to stderr, and what isn't there ends with 127, as documented and as of docker 28",
    join: true,
    replace: [
      [/^126$/, "127"],
      [/\r$/gm, ""],
      [/(not a directory: unknown): Are you trying.*/, "$1"],
    ],
  },
  {
    calls: /--detach-keys=nonesuch/,
    reason: "there are no keys to detach by: Ctrl-C ends the attachment",
    ignore: ["code", "stderr"],
  },
];

/** Containers that are refused, or can't start. */
const START: readonly Allowed[] = [
  {
    calls:
      /^docker run -d .*(diff-(lost|denied|folder|port2|unreachable)|--device|--network (nonesuch|container))/,
    reason: "nothing is left of a container that can't start, not even its id",
    replace: [[/^<id>\n$/, ""]],
  },
  {
    calls: /^docker run .*(--network nonesuch|-u \S*nonesuch|\/dev\/nonesuch)/,
    reason: "it is found before the start, where docker hints at the help",
    replace: [
      [/\nSee 'docker run --help'\./, ""],
      [/^127$/, "125"],
    ],
  },
  {
    calls:
      /^docker run .*(container:nonesuch|--cgroupns|--ip |-w \/etc\/passwd)/,
    reason: "what can't be had on Incus, in kini's words or the server's",
    replace: [[/^docker: [^]*?\.\n(See.*\n)?$/, "<refused>\n"]],
  },
  {
    calls: /--cap-add NONESUCH/,
    reason: "a flag without effect, whose values are not looked at",
    ignore: ["code", "stdout", "stderr"],
  },
  {
    calls: /--name diff-port2/,
    reason:
      "there are no endpoints with ids; Incus can miss why it can't listen",
    replace: [
      [/(endpoint diff-port2) \(<id>\)/, "$1"],
      [
        /daemon: .*(18090 failed: port is already allocated\.|starting proxy device: .*)$/m,
        "daemon: <port taken>",
      ],
    ],
  },
];

/** Views of containers. */
const VIEWS: readonly Allowed[] = [
  {
    calls: /^docker ps/,
    reason: "addresses of IPv6 are in brackets, as of docker 28",
    replace: [[/ :::(?=\d)/g, " [::]:"]],
  },
  {
    calls: /--filter status=nonesuch/,
    reason: "it names the good values too, as of docker 28",
    replace: [[/('status=nonesuch'): .*/, "$1"]],
  },
  {
    calls: /HostConfig|inspect diff-\w+ \| keys/,
    reason:
      "liblxc masks its own paths, and has no OOM switch; the runtime is incus",
    replace: [
      [/"(Masked|Readonly)Paths": (\[[^\]]*\]|null)/g, '"$1Paths": <paths>'],
      [/^\[\] HostConfig (Masked|Readonly)Paths .*\n/gm, ""],
      [/("OomKillDisable": |HostConfig OomKillDisable )(\w+)/, "$1<switch>"],
      [/"Runtime": "(runc|incus)"/, '"Runtime": "<runtime>"'],
    ],
  },
  {
    calls: /\.Mounts|\.Driver\}|\.LogPath/,
    reason: "an anonymous volume has no folder of its own, and a log no path",
    replace: [
      [/\/var\/lib\/docker\/(volumes\/<id>\/_data|containers\/\S+)/, ""],
      [/\b(overlay2|incus) linux/, "<driver> linux"],
    ],
  },
  {
    calls: /json \.Config\}\}' diff-created/,
    reason: "docker says of create that somebody is attached",
    replace: [[/("AttachStd(out|err)"): (true|false)/g, "$1: <attached>"]],
  },
  {
    calls: /\.PublishAllPorts/,
    reason: "ports of -P are asked for as if by -p",
    replace: [[/^\{("80\/tcp":\[.*?\])?\}/, "{}"]],
  },
];

/** Logs and copies. */
const FILES: readonly Allowed[] = [
  {
    calls: /docker logs --since/,
    reason: "the log has no times in it, and kini says so",
    replace: [[/^kini: the log has no times in it.*\n/m, ""]],
  },
  {
    calls: /docker logs --details/,
    reason: "there are no details, nor the space before them",
    replace: [[/^ /gm, ""]],
  },
  {
    calls: /^ls (newetc|dir\/etc|flat)$/,
    reason: "docker puts a link to the mounts into every container",
    replace: [[/^mtab\n/m, ""]],
  },
  {
    calls: /docker cp .*(\/etc\/passwd\/x|nonesuch:\/tmp|file\/\.|diff-c: \.)/,
    reason: "what is wrong first, and its words, where two things are wrong",
    ignore: ["stderr"],
  },
  {
    calls: /docker cp - /,
    reason:
      "an archive must be one, where docker takes nothing for an empty one",
    ignore: ["code", "stderr"],
  },
];

/** The life of a container. */
const LIFE: readonly Allowed[] = [
  {
    calls: /filter name=diff-wrong/,
    reason: "Incus has started it, before its program was missed",
    replace: [[/Created|Exited \(127\) <while> ago/, "<never ran>"]],
  },
];

/** Registries. */
const REGISTRY: readonly Allowed[] = [
  {
    calls: /^docker pull localhost:5000\/diff\/a:1$/,
    reason: "what a tag stands for is got at once, without asking before",
    replace: [[/: (Head|Get) "/, ': <Get> "']],
  },
  {
    calls: /^docker push .*localhost:5000/,
    reason: "the manifest is sent as it was pulled, and not written anew",
    replace: [[/ size: \d+$/gm, " size: <bytes>"]],
  },
];

/** Reviewed by hand; an entry that no call needs any more fails the test. */
export const ALLOWED: readonly Allowed[] = [
  ...CLIENT,
  ...SERVER,
  ...NETWORK,
  ...PROCESS,
  ...EXEC,
  ...START,
  ...VIEWS,
  ...FILES,
  ...LIFE,
  ...REGISTRY,
];
