/**
 * `/1.0/storage-pools`: one pool, called `default`.
 *
 * @module
 */
import { Refusal, sync } from "./answers.ts";
import type { HttpAnswer } from "./http_server.ts";

const POOL = "default";

/** The pool. */
export function getPool(name: string): HttpAnswer {
  check(name);
  return sync({
    name,
    driver: "btrfs",
    description: "",
    config: { source: "/var/lib/incus/disks/default.img" },
    status: "Created",
    used_by: ["/1.0/profiles/default"],
  });
}

/** How full it is. */
export function getPoolResources(name: string): HttpAnswer {
  check(name);
  return sync({
    space: { used: 10 * 2 ** 30, total: 100 * 2 ** 30 },
    inodes: { used: 0, total: 0 },
  });
}

function check(name: string): void {
  if (name !== POOL) throw new Refusal(404, "Storage pool not found");
}
