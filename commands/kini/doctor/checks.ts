/**
 * Every check, in the order in which they are shown: what others rest on comes
 * first.
 *
 * @module
 */
import type { Check, Finding, Level } from "./check.ts";
import type { Facts } from "./facts.ts";
import { leftoverChecks } from "./leftover_checks.ts";
import { machineChecks } from "./machine_checks.ts";
import { programChecks } from "./program_checks.ts";
import { projectChecks } from "./project_checks.ts";
import { serverChecks } from "./server_checks.ts";
import { storageChecks } from "./storage_checks.ts";

/** All of them. */
export const checks: readonly Check[] = [
  ...programChecks,
  ...serverChecks,
  ...projectChecks,
  ...storageChecks,
  ...machineChecks,
  ...leftoverChecks,
];

/** A finding with the name of its check. */
export interface NamedFinding extends Finding {
  readonly name: string;
}

/** Judges the facts. */
export function runChecks(facts: Facts): NamedFinding[] {
  return checks.map((check) => ({ name: check.name, ...check.run(facts) }));
}

const ORDER: readonly Level[] = ["failure", "warning"];

/** The worst level; what can't be told counts as well. */
export function worstLevel(findings: readonly Finding[]): Level {
  return ORDER.find((level) => findings.some((one) => one.level === level)) ??
    "ok";
}
