/**
 * Containers of a server in LXC mode.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Host } from "./host.ts";

/** Registers a test of docker's commands for containers. */
export function testContainers(host: Host, where: string): void {
  Deno.test(`docker run, exec, cp, logs, stop and rm work on ${where}`, async () => {
    const before = await host.clear();
    assert.match(await host.docker("info"), /Mode: lxc/i);

    const echo = await host.run(
      ["docker", "run", "--rm", "busybox:1.37", "printf", "[%s]\\n"]
        .concat("two words", "it's", 'a "quote"', "$HOME", ""),
    );
    assert.equal(echo.code, 0, echo.stderr);
    assert.equal(
      echo.stdout,
      '[two words]\n[it\'s]\n[a "quote"]\n[$HOME]\n[]\n',
    );
    const failed = await host.run(
      ["docker", "run", "--rm", "busybox:1.37", "sh", "-c", "exit 7"],
    );
    assert.equal(failed.code, 7);
    const missing = await host.run(
      ["docker", "run", "--rm", "busybox:1.37", "no-such-program"],
    );
    assert.equal(missing.code, 127);
    assert.match(missing.stderr, /executable file not found in \$PATH/);

    // The image's own user, folder, entrypoint and variables.
    await host.docker("run", "-d", "--name", "image", "kini/test:1");
    assert.equal(
      await host.docker("exec", "image", "sh", "-c", "id -u; pwd; echo $FOO"),
      "1000\n/app\nbar\n",
    );
    assert.equal(await host.docker("logs", "image"), "started\n");

    await host.docker(
      ..."run -d --name web -p 127.0.0.1:18099:80 --tmpfs /scratch".split(" "),
      ..."-v /tmp:/from-host:ro -e GREETING=hello -w /srv".split(" "),
      ..."debian:trixie-slim sleep 1000".split(" "),
    );
    assert.equal(
      await host.docker("exec", "web", "sh", "-c", "pwd; echo $GREETING"),
      "/srv\nhello\n",
    );
    assert.match(
      await host.docker("exec", "web", "grep", "/scratch", "/proc/mounts"),
      /^\S+ \/scratch tmpfs /m,
    );
    assert.equal(
      await host.ok(["docker", "exec", "-i", "web", "cat"], { stdin: "in\n" }),
      "in\n",
    );
    assert.match(await host.docker("port", "web"), /127\.0\.0\.1:18099/);
    // By its name, from another container.
    assert.match(
      await host.docker("exec", "web", "getent", "ahostsv4", "image"),
      /^\d+\.\d+\.\d+\.\d+/,
    );

    await host.sh(`
      echo copied >/tmp/kini-e2e-in
      docker cp -q /tmp/kini-e2e-in web:/srv/file
      docker exec web cat /srv/file
      docker cp -q web:/srv/file /tmp/kini-e2e-out
      cmp /tmp/kini-e2e-in /tmp/kini-e2e-out
      rm /tmp/kini-e2e-in /tmp/kini-e2e-out
    `);

    const addresses = await host.addresses("web");
    await host.docker("stop", "-t", "1", "web");
    assert.equal(
      await host.docker("inspect", "-f", "{{.State.Status}}", "web"),
      "exited\n",
    );
    await host.docker("start", "web");
    assert.deepEqual(await host.addresses("web"), addresses);
    await host.docker("rm", "-f", "web", "image");
    assert.deepEqual(await host.leftovers(), before);
  });
}
