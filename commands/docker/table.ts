/**
 * The words of the `docker` program and what they stand for.
 *
 * @module
 */
import type { CommandLeaf, CommandTable } from "../command.ts";

const ps: CommandLeaf = {
  summary: "List containers",
  aliases: [
    "docker container ls",
    "docker container list",
    "docker container ps",
    "docker ps",
  ],
  load: () => import("./ps.ts"),
};

const container = {
  commit: {
    summary: "Create a new image from a container's changes",
    aliases: ["docker container commit", "docker commit"],
    load: () => import("./commit.ts"),
  },
  cp: {
    summary: "Copy files/folders between a container and the local filesystem",
    load: () => import("./cp.ts"),
  },
  create: {
    summary: "Create a new container",
    load: () => import("./create.ts"),
  },
  exec: {
    summary: "Execute a command in a running container",
    load: () => import("./exec.ts"),
  },
  kill: {
    summary: "Kill one or more running containers",
    load: () => import("./kill.ts"),
  },
  logs: {
    summary: "Fetch the logs of a container",
    load: () => import("./logs.ts"),
  },
  pause: {
    summary: "Pause all processes within one or more containers",
    load: () => import("./pause.ts"),
  },
  port: {
    summary: "List port mappings or a specific mapping for the container",
    load: () => import("./port.ts"),
  },
  restart: {
    summary: "Restart one or more containers",
    load: () => import("./restart.ts"),
  },
  rm: {
    summary: "Remove one or more containers",
    load: () => import("./rm.ts"),
  },
  run: {
    summary: "Create and run a new container from an image",
    load: () => import("./run.ts"),
  },
  start: {
    summary: "Start one or more stopped containers",
    load: () => import("./start.ts"),
  },
  stop: {
    summary: "Stop one or more running containers",
    load: () => import("./stop.ts"),
  },
  unpause: {
    summary: "Unpause all processes within one or more containers",
    load: () => import("./unpause.ts"),
  },
  wait: {
    summary:
      "Block until one or more containers stop, then print their exit codes",
    load: () => import("./wait.ts"),
  },
} satisfies CommandTable;

const pull: CommandLeaf = {
  summary: "Download an image from a registry",
  aliases: ["docker image pull", "docker pull"],
  load: () => import("./pull.ts"),
};

const push: CommandLeaf = {
  summary: "Upload an image to a registry",
  aliases: ["docker image push", "docker push"],
  load: () => import("./push.ts"),
};

const build: CommandLeaf = {
  summary: "Build an image from a Dockerfile",
  aliases: ["docker image build", "docker build"],
  load: () => import("./build.ts"),
};

const images: CommandLeaf = {
  summary: "List images",
  aliases: ["docker image ls", "docker image list", "docker images"],
  load: () => import("./images.ts"),
};

const importRootfs: CommandLeaf = {
  summary: "Import the contents from a tarball to create a filesystem image",
  aliases: ["docker image import", "docker import"],
  load: () => import("./import.ts"),
};

const load: CommandLeaf = {
  summary: "Load an image from a tar archive or STDIN",
  aliases: ["docker image load", "docker load"],
  load: () => import("./load.ts"),
};

const save: CommandLeaf = {
  summary:
    "Save one or more images to a tar archive (streamed to STDOUT by default)",
  aliases: ["docker image save", "docker save"],
  load: () => import("./save.ts"),
};

const tag: CommandLeaf = {
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  aliases: ["docker image tag", "docker tag"],
  load: () => import("./tag.ts"),
};

const imageRemove: CommandLeaf = {
  summary: "Remove one or more images",
  aliases: ["docker image rm", "docker image remove", "docker rmi"],
  load: () => import("./rmi.ts"),
};

const history: CommandLeaf = {
  summary: "Show the history of an image",
  aliases: ["docker image history", "docker history"],
  load: () => import("./history.ts"),
};

const info: CommandLeaf = {
  summary: "Display system-wide information",
  aliases: ["docker system info", "docker info"],
  load: () => import("./info.ts"),
};

const version: CommandLeaf = {
  summary: "Show the Docker version information",
  load: () => import("./version.ts"),
};

const networkList: CommandLeaf = {
  summary: "List networks",
  aliases: ["docker network ls", "docker network list"],
  load: () => import("./network_ls.ts"),
};

const networkRemove: CommandLeaf = {
  summary: "Remove one or more networks",
  aliases: ["docker network rm", "docker network remove"],
  load: () => import("./network_rm.ts"),
};

/** Every word after `docker`. Nothing is loaded before it is called. */
export const table: CommandTable = {
  run: container.run,
  exec: container.exec,
  ps,
  pull,
  push,
  images,
  login: {
    summary: "Log in to a registry",
    load: () => import("./login.ts"),
  },
  logout: {
    summary: "Log out from a registry",
    load: () => import("./logout.ts"),
  },
  info,
  version,
  build,
  commit: container.commit,
  cp: container.cp,
  create: container.create,
  history,
  import: importRootfs,
  inspect: {
    summary: "Return low-level information on Docker objects",
    load: () => import("./inspect.ts"),
  },
  kill: container.kill,
  load,
  logs: container.logs,
  pause: container.pause,
  port: container.port,
  restart: container.restart,
  rm: container.rm,
  rmi: imageRemove,
  save,
  start: container.start,
  stop: container.stop,
  tag,
  unpause: container.unpause,
  wait: container.wait,
  container: {
    summary: "Manage containers",
    examples: ["container ls --all", "container rm -f kind-worker"],
    commands: {
      ...container,
      inspect: {
        summary: "Display detailed information on one or more containers",
        load: () => import("./container_inspect.ts"),
      },
      ls: ps,
      list: { ...ps, hidden: true },
      ps: { ...ps, hidden: true },
    },
  },
  image: {
    summary: "Manage images",
    examples: ["image ls", "image prune --all"],
    commands: {
      build,
      history,
      import: importRootfs,
      inspect: {
        summary: "Display detailed information on one or more images",
        load: () => import("./image_inspect.ts"),
      },
      load,
      ls: images,
      list: { ...images, hidden: true },
      prune: {
        summary: "Remove unused images",
        load: () => import("./image_prune.ts"),
      },
      pull,
      push,
      rm: imageRemove,
      remove: { ...imageRemove, hidden: true },
      save,
      tag,
    },
  },
  network: {
    summary: "Manage networks",
    examples: ["network ls", "network inspect bridge"],
    commands: {
      connect: {
        summary: "Connect a container to a network",
        load: () => import("./network_connect.ts"),
      },
      create: {
        summary: "Create a network",
        load: () => import("./network_create.ts"),
      },
      disconnect: {
        summary: "Disconnect a container from a network",
        load: () => import("./network_disconnect.ts"),
      },
      inspect: {
        summary: "Display detailed information on one or more networks",
        load: () => import("./network_inspect.ts"),
      },
      ls: networkList,
      list: { ...networkList, hidden: true },
      rm: networkRemove,
      remove: { ...networkRemove, hidden: true },
    },
  },
  context: {
    summary: "Manage contexts",
    examples: ["context inspect"],
    commands: {
      inspect: {
        summary: "Display detailed information on one or more contexts",
        load: () => import("./context_inspect.ts"),
      },
    },
  },
  system: {
    summary: "Manage Docker",
    examples: ["system df", "system info"],
    commands: {
      df: {
        summary: "Show docker disk usage",
        load: () => import("./system_df.ts"),
      },
      info,
    },
  },
};
