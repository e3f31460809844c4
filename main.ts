/**
 * kini: runs kind clusters on Incus by being the `docker` that kind calls.
 *
 * @module
 */
import { processContext } from "./commands/process_context.ts";
import { calledName } from "./commands/called_name.ts";
import { runMain } from "./commands/programs.ts";

if (import.meta.main) {
  const name = await calledName();
  using ctx = processContext(name);
  const code = await runMain(ctx, name, Deno.args);
  Deno.exit(code);
}
