import assert from "node:assert/strict";
import { applyChanges, type ChangeableConfig } from "./image_change.ts";
import golden from "./image_change_golden.json" with { type: "json" };

/** A configuration as `docker image inspect` shows it. */
interface Shown {
  User: string;
  ExposedPorts: Record<string, unknown> | null;
  Env: string[];
  Cmd: string[] | null;
  Volumes: Record<string, unknown> | null;
  WorkingDir: string;
  Entrypoint: string[] | null;
  OnBuild: string[] | null;
  Labels: Record<string, string>;
  StopSignal: string;
  Healthcheck: unknown;
}

const before = golden.before as Shown;

function configOf(shown: Shown): ChangeableConfig {
  return {
    user: shown.User,
    exposedPorts: Object.keys(shown.ExposedPorts ?? {}),
    env: shown.Env,
    cmd: shown.Cmd,
    entrypoint: shown.Entrypoint,
    volumes: Object.keys(shown.Volumes ?? {}),
    workingDir: shown.WorkingDir,
    labels: shown.Labels,
    stopSignal: shown.StopSignal,
    onBuild: shown.OnBuild ?? [],
  };
}

function shown(config: ChangeableConfig): Shown {
  const set = (keys: string[]) =>
    Object.fromEntries(keys.toSorted().map((key) => [key, {}]));
  return {
    User: config.user,
    ExposedPorts: set(config.exposedPorts),
    Env: config.env,
    Cmd: config.cmd,
    Volumes: set(config.volumes),
    WorkingDir: config.workingDir,
    Entrypoint: config.entrypoint,
    OnBuild: config.onBuild.length > 0 ? config.onBuild : null,
    Labels: config.labels,
    StopSignal: config.stopSignal,
    Healthcheck: config.healthCheck ?? null,
  };
}

// The golden file was written by a real Docker Engine: `docker commit -c …` and
// then `docker image inspect`, with what differs from a commit without changes.
Deno.test("applyChanges() does what a Docker Engine does", async (t) => {
  for (const { changes, want, error } of golden.cases) {
    await t.step(JSON.stringify(changes), () => {
      if (error !== undefined) {
        assert.throws(
          () => applyChanges(configOf(before), changes),
          { name: "SyntaxError", message: error },
        );
        return;
      }
      const config = applyChanges(configOf(before), changes);
      assert.deepEqual(shown(config), { ...before, ...want });
    });
  }
});

Deno.test("applyChanges() leaves what it was given as it is", () => {
  const config = configOf(before);
  const copy = structuredClone(config);
  applyChanges(config, ["ENV A=9", "LABEL x=y", "VOLUME /v", "CMD a"]);
  assert.deepEqual(config, copy);
  assert.equal(applyChanges(config, []), config);
});

Deno.test("applyChanges() falls back on the command of a container without entrypoint", () => {
  const config = { ...configOf(before), entrypoint: null, cmd: ["sleep", "1"] };
  assert.deepEqual(applyChanges(config, ["CMD []"]).cmd, ["sleep", "1"]);
  assert.equal(applyChanges(config, ['ENTRYPOINT ["/a"]']).cmd, null);
});
