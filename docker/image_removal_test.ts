import assert from "node:assert/strict";
import {
  formatImageReference,
  parseImageReference,
} from "./image_reference.ts";
import { ImageConflict, type ImageUser, planRemoval } from "./image_removal.ts";
import type { DockerImage } from "./image_view.ts";

const ID = `sha256:${"1a".repeat(32)}`;
const A = `a@sha256:${"d".repeat(64)}`;
const B = `b@sha256:${"d".repeat(64)}`;

function imageWith(...names: string[]): DockerImage {
  return {
    id: ID,
    references: names.map(parseImageReference),
    created: "",
    architecture: "amd64",
    variant: "",
    size: 0,
    layers: [],
    history: [],
    author: "",
    comment: "",
    lastTagged: "",
    stored: {},
    env: [],
    entrypoint: [],
    cmd: [],
    labels: {},
    user: "",
    workingDir: "",
    exposedPorts: [],
    volumes: [],
    stopSignal: "",
  };
}

const RUNNING: ImageUser = { id: "c".repeat(64), imageId: ID, running: true };
const STOPPED: ImageUser = { ...RUNNING, running: false };
const FOREIGN: ImageUser = { ...RUNNING, imageId: "sha256:other" };

Deno.test("planRemoval() takes names, and the image with its last one", () => {
  const cases: {
    names: string[];
    /** Empty for the ID. */
    remove: string;
    users?: ImageUser[];
    force?: boolean;
    want: string[];
    deleted: boolean;
  }[] = [
    { names: ["a:1"], remove: "a:1", want: ["a:1"], deleted: true },
    { names: ["a:1", "a:2"], remove: "a:1", want: ["a:1"], deleted: false },
    { names: ["a:1", "b:1"], remove: "b:1", want: ["b:1"], deleted: false },
    // The last tag of a repository takes its digests along.
    { names: ["a:1", A], remove: "a:1", want: ["a:1", A], deleted: true },
    { names: ["a:1", "a:2", A], remove: "a:1", want: ["a:1"], deleted: false },
    { names: ["a:1", A, B], remove: "a:1", want: ["a:1", A], deleted: false },
    { names: ["a:1", A], remove: A, want: [A], deleted: false },
    { names: [A], remove: A, want: [A], deleted: true },
    { names: [], remove: "", want: [], deleted: true },
    { names: ["a:1", A], remove: "", want: ["a:1", A], deleted: true },
    {
      names: ["a:1", "b:1"],
      remove: "",
      force: true,
      want: ["a:1", "b:1"],
      deleted: true,
    },
    {
      names: ["a:1"],
      remove: "a:1",
      users: [RUNNING],
      force: true,
      want: ["a:1"],
      deleted: false,
    },
    {
      names: ["a:1"],
      remove: "a:1",
      users: [STOPPED],
      force: true,
      want: ["a:1"],
      deleted: true,
    },
    {
      names: ["a:1", "b:1"],
      remove: "a:1",
      users: [RUNNING],
      want: ["a:1"],
      deleted: false,
    },
    {
      names: ["a:1"],
      remove: "a:1",
      users: [FOREIGN],
      want: ["a:1"],
      deleted: true,
    },
  ];
  for (
    const { names, remove, users = [], force = false, want, deleted } of cases
  ) {
    const plan = planRemoval({
      image: imageWith(...names),
      reference: remove === "" ? undefined : parseImageReference(remove),
      text: remove || ID,
      force,
      users,
    });
    assert.deepEqual(
      [plan.untagged.map(formatImageReference), plan.deleted],
      [
        want.map((name) => formatImageReference(parseImageReference(name))),
        deleted,
      ],
      `${names} without ${remove || "all"}`,
    );
  }
});

Deno.test("planRemoval() says in docker's words what is in the way", () => {
  const cases: {
    names: string[];
    remove: string;
    users?: ImageUser[];
    force?: boolean;
    want: string;
  }[] = [
    {
      names: ["a:1"],
      remove: "a:1",
      users: [STOPPED],
      want:
        'conflict: unable to remove repository reference "a:1" (must force)' +
        " - container cccccccccccc is using its referenced image 1a1a1a1a1a1a",
    },
    {
      names: ["a:1", "b:1"],
      remove: "",
      want: "conflict: unable to delete 1a1a1a1a1a1a (must be forced)" +
        " - image is referenced in multiple repositories",
    },
    {
      names: ["a:1"],
      remove: "",
      users: [STOPPED],
      want: "conflict: unable to delete 1a1a1a1a1a1a (must be forced)" +
        " - image is being used by stopped container cccccccccccc",
    },
    {
      names: ["a:1", "b:1"],
      remove: "",
      users: [STOPPED, RUNNING],
      force: true,
      want: "conflict: unable to delete 1a1a1a1a1a1a (cannot be forced)" +
        " - image is being used by running container cccccccccccc",
    },
  ];
  for (const { names, remove, users = [], force = false, want } of cases) {
    assert.throws(
      () =>
        planRemoval({
          image: imageWith(...names),
          reference: remove === "" ? undefined : parseImageReference(remove),
          text: remove || ID,
          force,
          users,
        }),
      (error) => error instanceof ImageConflict && error.message === want,
      want,
    );
  }
});
