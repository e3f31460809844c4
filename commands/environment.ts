/**
 * The environment variables that kini reads: one table for `kini help
 * environment`, docs/environment.md and the manual page.
 *
 * @module
 */

/** One variable, or several that mean the same. */
export interface Variable {
  readonly names: readonly string[];
  readonly text: string;
}

/** Variables that belong together. */
export interface VariableGroup {
  readonly title: string;
  readonly variables: readonly Variable[];
}

/** All of them. */
export const environment: readonly VariableGroup[] = [
  {
    title: "Which server",
    variables: [
      {
        names: ["KINI_SOCKET"],
        text: "Unix socket of the server; nothing else is looked for then",
      },
      {
        names: ["KINI_REMOTE"],
        text: "name of a remote in the client configuration of Incus or LXD",
      },
      {
        names: ["KINI_CONFIG"],
        text: "folder of the client configuration, or its config.yml",
      },
      { names: ["KINI_PROJECT"], text: "project to work in" },
      {
        names: ["KINI_TARGET"],
        text: 'where containers are made on a cluster: a member, "@group", ' +
          'or several of them with commas or "*", over which kind\'s nodes ' +
          "go round. Without it, the member that is asked",
      },
      {
        names: ["INCUS_SOCKET", "LXD_SOCKET"],
        text: "Unix socket of the server, as the servers' own clients know it",
      },
      {
        names: ["INCUS_DIR", "LXD_DIR"],
        text: "folder of the server, with its socket in it",
      },
      {
        names: ["INCUS_REMOTE", "LXC_REMOTE"],
        text: "remote, where KINI_REMOTE is not set",
      },
      {
        names: [
          "INCUS_CONF",
          "LXD_CONF",
          "INCUS_GLOBAL_CONF",
          "LXD_GLOBAL_CONF",
        ],
        text:
          "folders of the client configuration, the user's and the system's",
      },
      {
        names: ["INCUS_PROJECT", "LXD_PROJECT"],
        text: "project, where KINI_PROJECT is not set",
      },
      {
        names: ["HTTPS_PROXY", "NO_PROXY"],
        text: "proxy on the way to a server that is reached by HTTPS, and " +
          "the hosts and networks that are reached without it",
      },
    ],
  },
  {
    title: "Containers and images",
    variables: [
      {
        names: ["KINI_MODE"],
        text: '"oci" or "lxc": how containers are made. Without it, "oci" ' +
          "where the server has OCI containers",
      },
      {
        names: ["KINI_NETWORK"],
        text: "network of the server that containers get, or " +
          '"profile:NAME" for the profile that they are made with. Without ' +
          'it, the profile "default" and its network',
      },
      {
        names: ["KINI_UNPRIVILEGED"],
        text: '"true": nodes get no privileges on the machine',
      },
      {
        names: ["KINI_LXC_IMAGES"],
        text: 'what nodes are made of in LXC mode: "kubeadm", the pre-built ' +
          'images of cluster-api-provider-incus, or "kindest", kind\'s own. ' +
          "Without it, the first where there is one of the version",
      },
      {
        names: ["KINI_IMAGE_SERVER"],
        text: "address of the simplestreams server that has the kubeadm " +
          "images, instead of https://images.linuxcontainers.org/capn",
      },
      {
        names: ["KINI_CACHE"],
        text: "folder for images on this machine, instead of kini in " +
          'XDG_CACHE_HOME or ~/.cache; "no" keeps none',
      },
      {
        names: ["KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER"],
        text: "how containerd in the nodes stores images; without it, kini " +
          'has kind use "overlayfs"',
      },
    ],
  },
  {
    title: "Registries",
    variables: [
      {
        names: ["DOCKER_CONFIG"],
        text: "folder of the config.json with the logins of registries, " +
          "instead of ~/.docker",
      },
      {
        names: ["REGISTRY_AUTH_FILE"],
        text: "another file with logins, as Podman and skopeo have it",
      },
      {
        names: ["CONTAINERS_REGISTRIES_CONF"],
        text: "file that says which registries have mirrors or no encryption",
      },
      {
        names: ["SSL_CERT_FILE"],
        text: "certificate authorities to trust, instead of the system's",
      },
    ],
  },
  {
    title: "Output",
    variables: [
      {
        names: ["KINI_LOG"],
        text:
          '"debug": each call and each request on stderr; a path: in that ' +
          "file. Values of variables, passwords, tokens and the like are left out",
      },
      { names: ["NO_COLOR"], text: "any value: no colours on a terminal" },
    ],
  },
];

/** The table as help text, wrapped. */
export function formatEnvironment(width = 80): string {
  const indent = " ".repeat(6);
  const parts = environment.map(({ title, variables }) =>
    `${title}:\n` +
    variables.map(({ names, text }) =>
      `${fill(names, ", ", "  ", width)}\n${
        fill(sentence(text).split(" "), " ", indent, width)
      }\n`
    ).join("")
  );
  return `Environment variables of kini\n\n${parts.join("\n")}`;
}

/** The table as docs/environment.md. */
export function environmentDocument(): string {
  const parts = environment.map(({ title, variables }) =>
    `## ${title}\n\n| variable | |\n| --- | --- |\n` +
    variables.map(({ names, text }) =>
      `| ${names.map((name) => `\`${name}\``).join(", ")} | ${text} |\n`
    ).join("")
  );
  return "# Environment variables\n\nkini needs none of them. `kini help " +
    `environment\` shows the same.\n\n${parts.join("\n")}`;
}

function sentence(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

/** Words in lines of at most `width` columns. */
function fill(
  words: readonly string[],
  between: string,
  indent: string,
  width: number,
): string {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line ? line + between + word : word;
    if (line && indent.length + longer.length >= width) {
      lines.push(line + between.trimEnd());
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one) => indent + one).join("\n");
}
