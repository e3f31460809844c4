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
      summary: "Run a docker command on Incus",
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
      commands: {
        verify: {
          summary: "Check every image on this machine against its digests",
          load: () => import("./images_verify.ts"),
        },
      },
    },
    setup: {
      summary: "Put kini and its servers in their place",
      commands: {
        activate: {
          summary: "Print shell code that makes kini docker and kind",
          load: () => import("./setup_activate.ts"),
        },
        install: {
          summary: "Make the links docker and kind in a folder",
          load: () => import("./setup_install.ts"),
        },
        remotes: {
          summary: "Add the servers of kubeadm images to the configuration",
          load: () => import("./setup_remotes.ts"),
        },
        secret: {
          summary: "Print the Secret for cluster-api-provider-incus",
          load: () => import("./setup_secret.ts"),
        },
      },
    },
    cluster: {
      summary: "Look at kind's clusters",
      commands: {
        ls: {
          summary: "List clusters with nodes, addresses, ports and sizes",
          load: () => import("./cluster_ls.ts"),
        },
      },
    },
    completion: {
      summary: "Print what makes a shell complete kini's command lines",
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
  summary: "kini runs kind clusters on Incus, without Docker",
  flags: {
    version: { type: "boolean", usage: "Show the version of kini" },
  },
  async runFlags(ctx, { values }) {
    if (!values.version) return false;
    await ctx.stdout.line(`kini ${VERSION}`);
    return true;
  },
};
