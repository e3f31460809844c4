/**
 * `docker info --format {{json .}}`
 *
 * @module
 */
import { renderValue } from "../../docker/format.ts";
import { clientInfoText, serverInfoText } from "../../docker/info_text.ts";
import {
  cgroupWarnings,
  type ClientFacts,
  infoView,
  type ObjectCounts,
} from "../../docker/info_view.ts";
import { ConnectionError } from "../../incus/errors.ts";
import { listContainers } from "../../modes/containers.ts";
import { listDockerImages } from "../../modes/docker_images.ts";
import type { ImagePlaces } from "../../modes/image_places.ts";
import { defineCommand, exactly } from "../command.ts";
import type { Context } from "../context.ts";
import type { FlagTable } from "../flags.ts";
import { clientFacts } from "./client_facts.ts";
import { Deferred, renderDeferred } from "./deferred.ts";
import { imagePlaces } from "./image_places.ts";
import { FORMAT_USAGE } from "./list_flags.ts";
import { serverFacts } from "./server_facts.ts";

const flags = {
  format: { type: "string", short: "f", default: "", usage: FORMAT_USAGE },
} satisfies FlagTable;

/** The command. */
export const command = defineCommand({
  usage: "[OPTIONS]",
  flags,
  args: exactly(0),
  examples: ["info", 'info -f "{{.ServerVersion}}"'],
  async run(ctx, { values: { format } }) {
    const client = clientFacts();
    if (format === "") await printInfo(ctx, client);
    else await ctx.stdout.text(await formatInfo(ctx, client, format));
  },
});

async function formatInfo(
  ctx: Context,
  clientFacts: ClientFacts,
  format: string,
): Promise<string> {
  const places = await imagePlaces(ctx);
  const everything = /json\s+\.[\s}]|^json$/.test(format);
  const early = everything ? countObjects(places) : undefined;
  // Waited for below; a failure of the other request must not leave it alone.
  early?.catch(() => {});
  const facts = await serverFacts(ctx, places.client);
  const counts = new Deferred<ObjectCounts>(
    { running: 0, paused: 0, stopped: 0, images: 0 },
    () => early ?? countObjects(places),
  );
  return await renderDeferred(
    [counts],
    () => renderValue(infoView(facts, clientFacts, () => counts.get()), format),
  );
}

async function printInfo(ctx: Context, client: ClientFacts): Promise<void> {
  await ctx.stdout.text(`${clientInfoText(client)}`);
  try {
    const incus = await ctx.incus();
    const [facts, counts] = await Promise.all([
      serverFacts(ctx, incus),
      countObjects(await imagePlaces(ctx)),
    ]);
    await ctx.stdout.text(serverInfoText(facts, counts));
    for (const warning of cgroupWarnings(facts.cgroup)) {
      await ctx.stderr.line(warning);
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    await ctx.stdout.text(`Server:\n`);
    throw new Error(
      `ERROR: ${error.message}\nerrors pretty printing info`,
      { cause: error },
    );
  }
}

async function countObjects(places: ImagePlaces): Promise<ObjectCounts> {
  const [containers, images] = await Promise.all([
    listContainers(places.client),
    listDockerImages(places),
  ]);
  const running = containers.filter(({ state }) => state.status === "running");
  const paused = containers.filter(({ state }) => state.status === "paused");
  return {
    running: running.length,
    paused: paused.length,
    stopped: containers.length - running.length - paused.length,
    images: images.length,
  };
}
