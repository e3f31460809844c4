/**
 * From a request to a container: what `run` and `create` have in common.
 *
 * @module
 */
import {
  checkContainerName,
  incusNameProblem,
  randomContainerName,
} from "../../docker/container_name.ts";
import type { Publish } from "../../docker/publish.ts";
import type { RunRequest } from "../../docker/run_request.ts";
import type { IncusClient } from "../../incus/client.ts";
import { delay } from "../../incus/delay.ts";
import { isImageGone } from "../../incus/errors.ts";
import { serverFolder } from "../../incus/server_folder.ts";
import {
  createContainer,
  type CreatedContainer,
  NameConflict,
} from "../../modes/create.ts";
import {
  AddressOutside,
  checkFamilies,
  chooseIpv6,
} from "../../modes/ipv6_place.ts";
import { chooseMode, type Mode, type NetworkFacts } from "../../modes/mode.ts";
import { parseNetworkSetting } from "../../modes/network_setting.ts";
import { networkFacts } from "../../modes/networks.ts";
import { logFolderFor } from "../../modes/raw_lxc.ts";
import { missingDeviceHint } from "../../modes/unprivileged.ts";
import type { Context } from "../context.ts";
import { DaemonError } from "../errors.ts";
import { imageFor } from "./container_image.ts";
import { freePort } from "./free_port.ts";
import type { PlacedRequest } from "./placement.ts";
import { wantsUnprivileged } from "./unprivileged.ts";

/** How many random names are tried. */
const NAME_TRIES = 5;

/** How often an image is looked up that is gone when it is used. */
const IMAGE_TRIES = 4;
const IMAGE_INTERVAL = 250;

/**
 * Makes the container that a request asks for: fetches the image if it is
 * missing, then plans and creates the instance. It is not started.
 *
 * Another process may give the image's name to a newer image meanwhile, and
 * the server then removes the one that was found: it is looked up anew.
 */
export async function createFromRequest(
  ctx: Context,
  client: IncusClient,
  asked: RunRequest,
): Promise<CreatedContainer> {
  for (let tries = 1;; tries++) {
    try {
      return await tryToCreate(ctx, client, asked);
    } catch (error) {
      if (!isImageGone(error) || tries === IMAGE_TRIES) throw error;
    }
    await delay(IMAGE_INTERVAL, ctx.signal);
  }
}

async function tryToCreate(
  ctx: Context,
  client: IncusClient,
  asked: RunRequest,
): Promise<CreatedContainer> {
  const { request, target, elsewhere, spread, warning } = await placed(
    ctx,
    client,
    asked,
  );
  const wanted = request.name && checkName(request.name);
  const unprivileged = wantsUnprivileged((name) => ctx.env(name));
  if (spread) {
    await checkCommonNetwork(client, await networkFor(ctx, client, request));
  }
  const chosen = modeFor(ctx, client);
  const folder = serverFolder(client);
  const [mode, network, stored, modules] = await Promise.all([
    chosen,
    networkFor(ctx, client, request),
    imageFor(ctx, client, request, chosen),
    unprivileged && request.privileged && !elsewhere
      ? import("./kernel_modules.ts").then((one) => one.loadableModules(client))
      : [],
    folder,
  ]);
  // Only now: no folder is to be made for an image that can't be had.
  const files = elsewhere ? new Set<string>() : await prepareBinds(request);
  const blocks = elsewhere
    ? new Set<string>()
    : await findBlockDevices(request);
  const image = stored.note.facts;
  const publishes = [
    ...request.publishes,
    ...(request.publishAll
      ? exposedPublishes(request, image.exposedPorts)
      : []),
  ];
  const ipv6 = chooseIpv6(
    request,
    network,
    (bytes) => crypto.getRandomValues(bytes),
  );
  for (let tries = 0;; tries++) {
    const named = wanted || randomContainerName(Math.random, tries);
    const id = randomId();
    try {
      const created = await createContainer(
        client,
        mode,
        { ...request, name: named, publishes },
        {
          id,
          image,
          network,
          ...(ipv6 && { ipv6 }),
          server: await client.server(),
          ...(target && { target }),
          unprivileged,
          kernelModules: modules,
          logFolder: logFolderFor(
            await folder,
            client.remote.project,
            named,
          ),
          isFile: (path) => files.has(path),
          isBlockDevice: (path) => blocks.has(path),
          choosePort: freePort,
        },
        ctx.signal,
      );
      if (warning) created.warnings.push(warning);
      return created;
    } catch (error) {
      if (!(error instanceof NameConflict)) throw error;
      if (!wanted && tries < NAME_TRIES) continue;
      throw conflict(named, error);
    }
  }
}

async function checkCommonNetwork(
  client: IncusClient,
  { name, serverNetwork }: NetworkFacts,
): Promise<void> {
  const { isCommonNetwork } = await import("../../modes/member_networks.ts");
  if (!serverNetwork || await isCommonNetwork(client, serverNetwork)) return;
  throw new DaemonError(
    `KINI_TARGET puts nodes on several members of the cluster, but network ` +
      `${name} (${serverNetwork}) is another one on each of them: use one that ` +
      "they share with KINI_NETWORK, or name one member",
  );
}

/** The request for the machine that it is for, which may be another than this one. */
async function placed(
  ctx: Context,
  client: IncusClient,
  request: RunRequest,
): Promise<Partial<PlacedRequest> & { request: RunRequest }> {
  const target = ctx.env("KINI_TARGET");
  const { server_clustered: clustered } = (await client.server()).environment;
  if (target && !clustered) {
    throw new RangeError(
      `KINI_TARGET is ${JSON.stringify(target)}, but the server is not part ` +
        "of a cluster: unset it",
    );
  }
  const place = clustered
    ? await import("./placement.ts").then(({ placeRequest }) =>
      placeRequest(ctx, client, request)
    )
    : { request };
  const { https } = client.remote;
  if (!https || ("elsewhere" in place && place.elsewhere)) return place;
  const { requestForRemote } = await import("./remote_server.ts");
  return {
    ...place,
    request: await requestForRemote(request, https),
    elsewhere: true,
  };
}

async function modeFor(ctx: Context, client: IncusClient): Promise<Mode> {
  const mode = await chooseMode(client, ctx.env("KINI_MODE"));
  if (mode.name === "lxc") {
    const { kubeadmSettings } = await import(
      "../../modes/kubeadm_settings.ts"
    );
    kubeadmSettings((name) => ctx.env(name));
  }
  return mode;
}

/** The name without the slash that docker allows in front of it. */
function checkName(name: string): string {
  let bare: string;
  try {
    bare = checkContainerName(name);
  } catch (cause) {
    throw new DaemonError((cause as Error).message, { cause });
  }
  const problem = incusNameProblem(bare);
  if (problem) throw new DaemonError(problem);
  return bare;
}

function conflict(name: string, { holder }: NameConflict): DaemonError {
  return new DaemonError(
    holder
      ? `Conflict. The container name "/${name}" is already in use by container ` +
        `"${holder}". You have to remove (or rename) that container to be able ` +
        "to reuse that name."
      : `Conflict. The container name "/${name}" is already in use by an ` +
        "instance that is not kini's: choose another name, or remove it with " +
        "the server's own tools.",
  );
}

async function networkFor(
  ctx: Context,
  client: IncusClient,
  request: RunRequest,
): Promise<NetworkFacts> {
  const setting = parseNetworkSetting(ctx.env("KINI_NETWORK"));
  const wanted = request.network === "default" ? "bridge" : request.network;
  const network = await networkFacts(client, setting, wanted);
  if (!network) throw new DaemonError(`network ${wanted} not found`);
  const { environment } = await client.server();
  try {
    checkFamilies(request, network, environment.server);
  } catch (cause) {
    if (!(cause instanceof AddressOutside)) throw cause;
    throw new DaemonError(cause.message, { cause });
  }
  return network;
}

/**
 * Makes missing folders of binds, as docker's daemon does, and tells which
 * sources are not folders. The server is on this machine.
 */
async function prepareBinds(request: RunRequest): Promise<Set<string>> {
  const files = new Set<string>();
  for (const mount of request.mounts) {
    if (mount.type !== "bind") continue;
    try {
      const info = await Deno.stat(mount.source);
      if (!info.isDirectory) files.add(mount.source);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) continue;
      if (!mount.createSource) {
        throw new DaemonError(
          `invalid mount config for type "bind": bind source path does not exist: ${mount.source}`,
        );
      }
      await makeFolder(mount.source);
    }
  }
  return files;
}

/** Which of the devices are block devices; a missing one is refused. */
async function findBlockDevices(request: RunRequest): Promise<Set<string>> {
  const blocks = new Set<string>();
  for (const { source } of request.devices) {
    try {
      if ((await Deno.stat(source)).isBlockDevice) blocks.add(source);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) continue;
      throw new DaemonError(
        `error gathering device information while adding custom device "${source}": no such file or directory` +
          missingDeviceHint(source),
        { cause },
      );
    }
  }
  return blocks;
}

/** Makes a folder as docker's daemon does: the caller's umask doesn't count. */
async function makeFolder(path: string): Promise<void> {
  try {
    const made = await missingFolders(path);
    await Deno.mkdir(path, { recursive: true });
    for (const folder of made) await Deno.chmod(folder, 0o755);
  } catch (cause) {
    throw new DaemonError(
      `error while creating mount source path '${path}': ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
}

/** The path and those above it that are not there. */
async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  const parts = path.split("/").filter((part) => part !== "");
  for (; parts.length > 0; parts.pop()) {
    const folder = `/${parts.join("/")}`;
    try {
      await Deno.stat(folder);
      break;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      missing.push(folder);
    }
  }
  return missing;
}

/** `-P`: every exposed port that is not published yet. */
function exposedPublishes(
  request: RunRequest,
  exposed: readonly string[],
): Publish[] {
  const taken = new Set(
    request.publishes.map((one) => `${one.containerPort}/${one.protocol}`),
  );
  return [...new Set([...exposed, ...request.expose])]
    .filter((key) => !taken.has(key))
    .map((key) => {
      const [port, protocol] = key.split("/");
      return {
        hostIp: "",
        hostPort: undefined,
        containerPort: Number(port),
        protocol: protocol === "udp" ? "udp" : "tcp",
      };
    });
}

function randomId(): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(32)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
