/**
 * Unprivileged nodes as system containers of LXD; the tests are in `unprivileged.ts`.
 */
import { testUnprivileged } from "./unprivileged.ts";

testUnprivileged("lxd", "LXD", "0.27", []);
