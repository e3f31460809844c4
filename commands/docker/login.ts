/**
 * `docker login`
 *
 * @module
 */
import { registryOfKey, serverKey } from "../../images/credential_file.ts";
import {
  dockerConfigPath,
  userCredentials,
} from "../../images/docker_config.ts";
import { keepCredentials } from "../../images/docker_config_file.ts";
import type { Credentials } from "../../images/registry_auth.ts";
import { RegistryError } from "../../images/registry_error.ts";
import { dockerLoginErrorText, tryLogin } from "../../images/registry_login.ts";
import { openUserRegistries } from "../../images/user_registries.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { DaemonError, UsageError } from "../errors.ts";
import { readAll, readLine, readSecret } from "./prompt.ts";

/** Keeps a registry's name and password. */
export const command = defineCommand({
  usage: "[OPTIONS] [SERVER]",
  args: { min: 0, max: 1 },
  flags: {
    password: { type: "string", short: "p", usage: "Password" },
    "password-stdin": {
      type: "boolean",
      usage: "Take the password from stdin",
    },
    username: { type: "string", short: "u", usage: "Username" },
  },
  examples: [
    "login registry.example",
    "login -u me --password-stdin registry.example < password.txt",
  ],
  async run(ctx, { values, args }) {
    const registry = registryOfKey(args[0] ?? "docker.io");
    const { username = "" } = values;
    let { password = "" } = values;
    if (password !== "") {
      await ctx.stderr.line(
        "WARNING! Using --password via the CLI is insecure. Use " +
          "--password-stdin.",
      );
      if (values["password-stdin"]) {
        throw plain("--password and --password-stdin are mutually exclusive");
      }
    }
    if (values["password-stdin"]) {
      if (username === "") {
        throw plain("Must provide --username with --password-stdin");
      }
      password = (await readAll(ctx.stdin)).replace(/\n$/, "")
        .replace(/\r$/, "");
    }
    const given = { username, password };
    const known = username === "" && password === ""
      ? await useKnown(ctx, registry)
      : undefined;
    const credentials = known ?? await complete(ctx, given);
    if (!known) {
      try {
        await check(ctx, registry, credentials);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        throw new DaemonError(dockerLoginErrorText(error), { cause: error });
      }
    }
    await keep(ctx, registry, credentials);
    await ctx.stdout.line("Login Succeeded");
  },
});

function plain(text: string): UsageError {
  return new UsageError(text, { subject: "plain" });
}

/** What is known already, if the registry still takes it. */
async function useKnown(
  ctx: Context,
  registry: string,
): Promise<Credentials | undefined> {
  const known = await userCredentials({
    env: (name) => ctx.env(name),
    readTextFile: (path) => Deno.readTextFile(path),
    dockerOnly: true,
  })(registry);
  if (!known) return undefined;
  await ctx.stdout.line("Authenticating with existing credentials...");
  try {
    await check(ctx, registry, known);
    return known;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    await ctx.stderr.line(
      `Login did not succeed, error: Error response from daemon: ${
        dockerLoginErrorText(error)
      }`,
    );
    return undefined;
  }
}

async function check(
  ctx: Context,
  registry: string,
  credentials: Credentials,
): Promise<void> {
  const registries = await openUserRegistries(
    (name) => ctx.env(name),
    ctx.signal,
  );
  try {
    await tryLogin(registry, credentials, registries);
  } finally {
    registries.close();
  }
}

/** Asks on the terminal for what was not given. */
async function complete(
  ctx: Context,
  { username, password }: Credentials,
): Promise<Credentials> {
  if (username !== "" && password !== "") return { username, password };
  if (!ctx.stdin.isTerminal()) {
    throw plain(
      "Error: Cannot perform an interactive login from a non TTY device",
    );
  }
  if (username === "") {
    await ctx.stdout.text("Username: ");
    username = (await readLine(ctx.stdin)).trim();
    if (username === "") throw plain("Error: Non-null Username Required");
  }
  if (password === "") {
    await ctx.stdout.text("Password: ");
    password = await readSecret(ctx.stdin);
    await ctx.stdout.line("");
    if (password === "") throw plain("Error: Password Required");
  }
  return { username, password };
}

async function keep(
  ctx: Context,
  registry: string,
  credentials: Credentials,
): Promise<void> {
  const path = dockerConfigPath((name) => ctx.env(name));
  if (!path) {
    throw new Error(
      `Cannot keep the login to ${serverKey(registry)}: neither HOME nor ` +
        "DOCKER_CONFIG is set",
    );
  }
  const { inFile } = await keepCredentials(path, registry, credentials);
  if (!inFile) return;
  await ctx.stderr.text(
    `WARNING! Your password will be stored unencrypted in ${path}.\n` +
      "Configure a credential helper to remove this warning. See\n" +
      "https://docs.docker.com/engine/reference/commandline/login/" +
      "#credentials-store\n\n",
  );
}
