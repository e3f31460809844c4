// Apart from its users, who load it only where there is such a file.
import { parse } from "smol-toml";
import { parseRegistryRules, type RegistryRule } from "./registry_settings.ts";

/**
 * Reads the text of a `registries.conf`.
 *
 * @throws {Error} whose first line says what is wrong.
 */
export function parseRegistriesConf(text: string): RegistryRule[] {
  return parseRegistryRules(parse(text));
}
