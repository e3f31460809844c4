/**
 * Check of where containers are made, on a cluster of servers.
 *
 * @module
 */
import { ROLE_LABEL } from "../../../modes/kind_labels.ts";
import {
  choosePlace,
  parseTargets,
  type Place,
} from "../../../modes/placement.ts";
import {
  type Check,
  type Finding,
  ok,
  serverCheck,
  shellWord,
  unanswered,
} from "./check.ts";
import type { Facts } from "./facts.ts";
import type { ServerAnswers } from "./server_facts.ts";

/** The check of `KINI_TARGET`. */
export const placementCheck: Check = serverCheck("placement", checkPlacement);

const WHY = "kini makes containers on the members of a cluster that " +
  "KINI_TARGET names";

/** Any of kind's nodes: they are what goes round. */
const NODE = { name: "", labels: { [ROLE_LABEL]: "worker" }, publishes: [] };

function checkPlacement(answers: ServerAnswers, { env }: Facts): Finding {
  const { server, members, commonNetwork } = answers;
  const { server_clustered: clustered, server_name: own } = server.environment;
  const text = env.KINI_TARGET;
  if (!text) {
    return ok(
      clustered ? `on the member that is asked, "${own}"` : "one server",
    );
  }
  const found = `KINI_TARGET is ${JSON.stringify(text)}`;
  if (!clustered || !members) {
    return failure(`${found}, but the server is not part of a cluster`, []);
  }
  if ("error" in members) return unanswered(members.error);
  const place = (target: string): Place | string => {
    try {
      return choosePlace(members.value, own, parseTargets(target), NODE);
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  };
  const chosen = place(text);
  if (typeof chosen === "string") {
    const rest = text.split(",").map((one) => one.trim())
      .filter((one) => typeof place(one) !== "string");
    return failure(chosen, rest);
  }
  if (!chosen.spread || !commonNetwork) return ok(found);
  if ("error" in commonNetwork) return unanswered(commonNetwork.error);
  return commonNetwork.value ? ok(found) : failure(
    `${found}: several members, each with a network of its own for containers`,
    [own],
    "nodes have to reach each other, so they are on one member, or in a " +
      "network that members share (KINI_NETWORK can name it)",
  );
}

/** Mended by what is left of the variable. */
function failure(found: string, rest: string[], why = WHY): Finding {
  const fix = rest.length === 0
    ? "unset KINI_TARGET"
    : `export KINI_TARGET=${shellWord(rest.join(","))}`;
  return { level: "failure", found, why, fix: [fix] };
}
