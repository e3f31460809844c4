/**
 * Where kini may print something else than Docker Engine, and why.
 *
 * @module
 */
import type { Replacement } from "./normalise.ts";

/** One difference that is allowed. */
export interface Allowed {
  /** The calls that it is about. */
  calls: RegExp;
  reason: string;
  /** Made in both hosts' outputs before they are compared. */
  replace?: readonly Replacement[];
  /** Isn't compared at all. */
  ignore?: readonly ("code" | "stdout" | "stderr")[];
}

/** Reviewed by hand; an entry that no call needs any more fails the test. */
export const ALLOWED: readonly Allowed[] = [];
