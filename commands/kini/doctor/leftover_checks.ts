/**
 * Checks of what an earlier run left.
 *
 * @module
 */
import type { Image, Instance } from "../../../incus/types.ts";
import { isContainer } from "../../../modes/containers.ts";
import { IMAGE_ID_PROPERTY } from "../../../modes/image_metadata.ts";
import {
  type Check,
  type Finding,
  ok,
  serverCheck,
  shellWord,
  unanswered,
} from "./check.ts";
import type { Facts } from "./facts.ts";
import { projectClient, remoteName } from "./server_checks.ts";
import type { ServerAnswers } from "./server_facts.ts";

/** Checks of leftovers. */
export const leftoverChecks: readonly Check[] = [
  serverCheck("unstarted-containers", checkInstances),
  serverCheck("unfinished-images", checkImages),
];

function checkInstances({ instances }: ServerAnswers): Finding {
  if ("error" in instances) return unanswered(instances.error);
  const own = instances.value.filter(isContainer);
  const left = own.filter((one) => isBroken(one) || neverStarted(one))
    .map(({ name }) => name);
  if (left.length === 0) return ok(`none among ${count(own.length)}`);
  return {
    level: "warning",
    found: `never started, or broken: ${left.join(", ")}`,
    why: "a run that was interrupted leaves such containers, and their names " +
      "stay taken; what docker create made for later counts too",
    fix: [`kini docker rm -f ${left.map(shellWord).join(" ")}`],
  };
}

function count(containers: number): string {
  return `${containers} container${containers === 1 ? "" : "s"}`;
}

function isBroken({ status }: Instance): boolean {
  return status === "Error";
}

function neverStarted({ status, last_used_at }: Instance): boolean {
  return status === "Stopped" && /^(?:0001|1970)-01-01|^$/.test(last_used_at);
}

function checkImages(server: ServerAnswers, facts: Facts): Finding {
  const { images } = server;
  if ("error" in images) return unanswered(images.error);
  const unnamed = images.value.filter(isUnfinished)
    .map(({ fingerprint }) => fingerprint.slice(0, 12));
  const unfinished = facts.store?.unfinished ?? 0;
  if (unnamed.length === 0 && unfinished === 0) return ok("none");
  return {
    level: "warning",
    found: [
      unnamed.length > 0 &&
      `without a name on the server: ${unnamed.join(", ")}`,
      unfinished > 0 && `${unfinished} in ${facts.store?.folder}`,
    ].filter(Boolean).join("; "),
    why: "a load or a pull that was interrupted leaves them. They take space " +
      "and do no other harm",
    fix: [
      ...(unnamed.length > 0
        ? [
          `${projectClient(server, facts)} image delete ${
            unnamed.map((one) => remoteName(one, facts)).join(" ")
          }`,
        ]
        : []),
      ...(unfinished > 0 ? ["kini docker image prune -f"] : []),
    ],
  };
}

/** Sent by kini, and never named. */
function isUnfinished({ properties, aliases }: Image): boolean {
  return Boolean(properties?.[IMAGE_ID_PROPERTY]) &&
    (aliases ?? []).length === 0;
}
