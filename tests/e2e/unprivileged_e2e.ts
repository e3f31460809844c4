/**
 * Unprivileged nodes as OCI containers of Incus; the tests are in `unprivileged.ts`.
 */
import { testUnprivileged } from "./unprivileged.ts";

testUnprivileged("incus", "Incus, as OCI containers", "0.33", ["kind-worker"]);
