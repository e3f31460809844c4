/**
 * Check of where containers are made, on a cluster of servers.
 *
 * @module
 */
import { choosePlace, parseTargets } from "../../../modes/placement.ts";
import {
  type Check,
  type Finding,
  ok,
  serverCheck,
  shellWord,
} from "./check.ts";
import { unanswered } from "./check.ts";
import type { Facts } from "./facts.ts";
import type { ServerAnswers } from "./server_facts.ts";

/** The check of `KINI_TARGET`. */
export const placementCheck: Check = serverCheck("placement", checkPlacement);

const WHY = "kini makes containers on the members of a cluster that " +
  "KINI_TARGET names";
const FORGET = ["unset KINI_TARGET"];

function checkPlacement(answers: ServerAnswers, { env }: Facts): Finding {
  const { server, members } = answers;
  const { server_clustered: clustered, server_name: own } = server.environment;
  const text = env.KINI_TARGET;
  if (!text) {
    return ok(
      clustered ? `on the member that is asked, "${own}"` : "one server",
    );
  }
  if (!clustered || !members) {
    return {
      level: "failure",
      found: `KINI_TARGET is ${
        JSON.stringify(text)
      }, but the server is not part of a cluster`,
      why: WHY,
      fix: FORGET,
    };
  }
  if ("error" in members) return unanswered(members.error);
  const problem = (targets: () => readonly string[]) => {
    try {
      const request = { name: "", labels: {}, publishes: [] };
      choosePlace(members.value, own, targets(), request);
      return undefined;
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  };
  const found = problem(() => parseTargets(text));
  if (found === undefined) return ok(`KINI_TARGET is ${JSON.stringify(text)}`);
  const rest = text.split(",").map((one) => one.trim())
    .filter((one) => problem(() => parseTargets(one)) === undefined);
  return {
    level: "failure",
    found,
    why: WHY,
    fix: rest.length === 0
      ? FORGET
      : [`export KINI_TARGET=${shellWord(rest.join(","))}`],
  };
}
