/**
 * The `kini` program.
 *
 * @module
 */
import type { Program } from "../command.ts";
import { VERSION } from "../version.ts";

/** kini under its own name. */
export const kini: Program = {
  table: {
    docker: {
      summary: "Run a docker command on Incus or LXD",
      load: () => Promise.reject(new TypeError("docker is chosen earlier")),
    },
    kind: {
      summary: "Run kind with kini as its docker",
      load: () => Promise.reject(new TypeError("kind is chosen earlier")),
    },
    doctor: {
      summary: "Find what would keep kind from working, and how to mend it",
      load: () => import("./doctor.ts"),
    },
    info: {
      summary: "Show the server in use, and how nodes are made there",
      load: () => import("./info.ts"),
    },
    images: {
      summary: "Look after the images on this machine",
      examples: ["images verify"],
      commands: {
        verify: {
          summary: "Check every image on this machine against its digests",
          load: () => import("./images_verify.ts"),
        },
      },
    },
    setup: {
      summary: "Put kini where kind finds it, and into configurations",
      examples: [
        "setup activate bash",
        "setup install ~/bin",
        "setup remotes --dry-run",
      ],
      commands: {
        activate: {
          summary: "Print code that puts kini before other dockers in a shell",
          load: () => import("./setup_activate.ts"),
        },
        install: {
          summary: "Make links to kini, named docker and kind, in a folder",
          load: () => import("./setup_install.ts"),
        },
        remotes: {
          summary: "Add the servers of kubeadm images to the client's remotes",
          load: () => import("./setup_remotes.ts"),
        },
        secret: {
          summary: "Print the Kubernetes Secret of cluster-api-provider-incus",
          load: () => import("./setup_secret.ts"),
        },
      },
    },
    cluster: {
      summary: "Look at kind's clusters",
      examples: ["cluster ls", "cluster ls --json"],
      commands: {
        ls: {
          summary: "List clusters with nodes, addresses, ports and sizes",
          load: () => import("./cluster_ls.ts"),
        },
      },
    },
    completion: {
      summary: "Print code that completes command lines of kini and docker",
      load: () => import("./completion.ts"),
    },
    help: {
      summary: "Show the help of a command, or of the environment variables",
      load: () => import("./help.ts"),
    },
    man: {
      summary: "Print the manual page, for man -l",
      hidden: true,
      load: () => import("./man.ts"),
    },
    version: {
      summary: "Show the version of kini",
      load: () => import("./version.ts"),
    },
  },
  summary: "kini runs kind clusters on Incus or LXD, without Docker",
  examples: [
    "doctor",
    "kind create cluster",
    "docker ps",
  ],
  flags: {
    version: { type: "boolean", usage: "Show the version of kini" },
  },
  async runFlags(ctx, { values }) {
    if (!values.version) return false;
    await ctx.stdout.line(`kini ${VERSION}`);
    return true;
  },
};
