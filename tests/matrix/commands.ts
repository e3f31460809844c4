/**
 * kind's commands: what shows that each works.
 *
 * @module
 */

/** A command, as a row of the page. */
export interface KindCommand {
  command: string;
  /** The step of the matrix that runs it. */
  step?: string;
  /** Tests elsewhere: their file below tests/e2e, and their name. */
  tests?: readonly (readonly [string, string])[];
  note?: string;
}

const BUILD = [
  "build_e2e.ts",
  "kind builds a node image, and makes a cluster of it without a registry",
] as const;
const NO_DOCKER = "asks docker for nothing";

export const COMMANDS: readonly KindCommand[] = [
  {
    command: "kind build node-image",
    tests: [BUILD],
    note: "from server releases; the image is in the store of this machine",
  },
  { command: "kind completion", note: NO_DOCKER },
  { command: "kind create cluster", step: "kind create cluster" },
  { command: "kind delete cluster", step: "kind delete cluster" },
  {
    command: "kind delete clusters",
    tests: [["kind_e2e.ts", "kind makes workers join, beside another cluster"]],
  },
  { command: "kind export kubeconfig", step: "kind export kubeconfig" },
  {
    command: "kind export logs",
    step: "kind export logs",
    note: "`docker-info.txt` describes the server",
  },
  { command: "kind get clusters", step: "kind get clusters" },
  { command: "kind get kubeconfig", step: "kind get kubeconfig" },
  { command: "kind get nodes", step: "kind get nodes" },
  {
    command: "kind load docker-image",
    step: "kind load docker-image",
    note: "images of kini's own store, where `docker pull`, `docker load` " +
      "and `docker import` put them",
  },
  { command: "kind load image-archive", step: "kind load image-archive" },
  { command: "kind version", note: NO_DOCKER },
];
