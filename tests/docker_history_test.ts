import assert from "node:assert/strict";
import { storeTestImage } from "../images/store_test_data.ts";
import { fingerprintFor, pulledImage, SOME_TIME } from "./builders.ts";
import { FakeIncus } from "./fake_incus.ts";
import { runKini } from "./harness.ts";
import { makeCache } from "./store_fixture.ts";

const NOW = new Date("2026-01-02T05:04:05Z");

Deno.test("docker history shows the steps of an image, the newest first", async () => {
  await using cache = await makeCache();
  await using fake = await FakeIncus.start();
  const { id } = await storeTestImage(
    cache.store,
    "docker.io/library/one:1",
    "x".repeat(1234),
    {
      config: {
        history: [
          { created: "2026-01-02T03:04:05Z", created_by: "COPY . /" },
          {
            created: "2026-01-02T04:04:05Z",
            created_by: `RUN ${"y".repeat(60)}`,
            comment: "hello",
            empty_layer: true,
          },
        ],
      },
    },
  );
  const history = async (...args: string[]) =>
    (await runKini(["docker", "history", ...args, "one:1"], {
      fake,
      env: cache.env,
      now: NOW,
    })).stdout;
  const short = id.slice(7, 19);
  const cut = `RUN ${"y".repeat(40)}…`;
  assert.equal(
    await history(),
    `IMAGE          CREATED             CREATED BY${
      " ".repeat(38)
    }SIZE      COMMENT\n` +
      `${short}   About an hour ago   ${cut}   0B        hello\n` +
      `<missing>      2 hours ago         COPY . /${
        " ".repeat(40)
      }1.23kB    \n`,
  );
  assert.equal(await history("-q"), `${short}\n<missing>\n`);
  assert.equal(await history("-q", "--no-trunc"), `${id}\n<missing>\n`);
  assert.equal(
    await history(
      "-H=false",
      "--format",
      "{{.CreatedAt}} {{.CreatedSince}} {{.Size}}",
    ),
    "2026-01-02T04:04:05Z 2026-01-02T04:04:05Z 0\n" +
      "2026-01-02T03:04:05Z 2026-01-02T03:04:05Z 1234\n",
  );
});

Deno.test("docker history of an image that tells of no steps is one", async () => {
  const name = "docker.io/library/one:1";
  await using fake = await FakeIncus.start({ images: [pulledImage(name)] });
  const { stdout } = await runKini(
    ["docker", "history", "--format", "{{json .}}", "one:1"],
    { fake, now: NOW },
  );
  assert.deepEqual(JSON.parse(stdout), {
    Comment: "",
    CreatedAt: SOME_TIME,
    CreatedBy: "",
    CreatedSince: "2 hours ago",
    ID: fingerprintFor(`${name} config`).slice(0, 12),
    Size: "2MB",
  });
  const { stderr } = await runKini(["docker", "history", "nonesuch"], { fake });
  assert.equal(
    stderr,
    "Error response from daemon: No such image: nonesuch:latest\n",
  );
});
