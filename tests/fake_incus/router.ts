/**
 * Which request goes where.
 *
 * @module
 */
import type {
  Image,
  ImagesPost,
  Instance,
  InstanceExecPost,
  InstancesPost,
  InstanceStatePut,
} from "../../incus/types.ts";
import { Refusal, sync } from "./answers.ts";
import * as backups from "./backups.ts";
import { startExec } from "./exec.ts";
import type { OperationFault } from "./faults.ts";
import { handleFiles } from "./files.ts";
import type { HttpAnswer, HttpRequest } from "./http_server.ts";
import { isUpload, uploadImage } from "./image_upload.ts";
import * as images from "./images.ts";
import * as state from "./instance_state.ts";
import * as instances from "./instances.ts";
import * as logs from "./logs.ts";
import * as networks from "./networks.ts";
import type { OperationStore } from "./operations.ts";
import type { RecordedRequest } from "./request.ts";
import { RESOURCES } from "./server.ts";
import * as storage from "./storage.ts";
import type { World } from "./world.ts";

/** One request with all that is needed to answer it. */
export interface Exchange {
  world: World;
  operations: OperationStore;
  http: HttpRequest;
  request: RecordedRequest;
  fault?: OperationFault | undefined;
}

type Route = (exchange: Exchange, ...parts: string[]) => HttpAnswer;

/** Answers a request; what it throws is a refusal. */
export function route(exchange: Exchange): HttpAnswer {
  const { world, request } = exchange;
  const { project = "default" } = request.query;
  // The real one lists no instances of a project that isn't there.
  if (
    !world.projects.has(project) &&
    `${request.method} ${request.path}` !== "GET /1.0/instances"
  ) throw new Refusal(404, "Project not found");
  for (const [pattern, handler] of ROUTES) {
    const match = pattern.exec(`${request.method} ${request.path}`);
    if (match) return handler(exchange, ...match.slice(1));
  }
  throw new Refusal(404, "not found");
}

const ROUTES = Object.entries<Route>({
  "GET /": () => sync(["/1.0"]),
  "GET /1.0": ({ world }) => sync(world.server),
  "GET /1.0/resources": () => sync(RESOURCES),
  "GET /1.0/projects": ({ world }) =>
    sync([...world.projects].map((name) => ({ name, config: {} }))),
  "GET /1.0/projects/*": ({ world }, name = "") => {
    if (!world.projects.has(name)) throw new Refusal(404, "Project not found");
    return sync({ name, config: {}, description: "", used_by: [] });
  },
  "GET /1.0/cluster/members": (x) => sync(x.world.members),
  "GET /1.0/instances": (x) => instances.listInstances(x.world, x.request),
  "POST /1.0/instances": (x) =>
    instances.createInstance(
      x.world,
      x.operations,
      x.request.body as InstancesPost,
      x.request.query.target,
      x.fault,
    ),
  "GET /1.0/instances/*": (x, name = "") =>
    instances.getInstance(x.world, x.request, name),
  "PATCH /1.0/instances/*": (x, name = "") =>
    instances.patchInstance(x.world, name, x.request.body as Instance),
  "PUT /1.0/instances/*": (x, name = "") =>
    instances.putInstance(
      x.world,
      x.operations,
      name,
      x.request.body as Instance,
      x.fault,
    ),
  "DELETE /1.0/instances/*": (x, name = "") =>
    instances.deleteInstance(x.world, x.operations, name, x.fault),
  "GET /1.0/instances/*/state": (x, name = "") => state.getState(x.world, name),
  "PUT /1.0/instances/*/state": (x, name = "") =>
    state.putState(
      x.world,
      x.operations,
      name,
      x.request.body as InstanceStatePut,
      x.fault,
    ),
  "POST /1.0/instances/*/exec": (x, name = "") =>
    startExec(
      x.world,
      x.operations,
      name,
      x.request.body as InstanceExecPost,
      x.fault,
    ),
  "POST /1.0/instances/*/backups": (x, name = "") =>
    backups.createBackup(x.world, x.operations, name, x.request, x.fault),
  "GET /1.0/instances/*/backups/*/export": (x, name = "", backup = "") =>
    backups.exportBackup(x.world, name, backup),
  "DELETE /1.0/instances/*/backups/*": (x, name = "", backup = "") =>
    backups.deleteBackup(x.world, x.operations, name, backup, x.fault),
  "ANY /1.0/instances/*/files": (x, name = "") =>
    handleFiles(x.world, x.request, x.http, name),
  "GET /1.0/instances/*/logs": (x, name = "") => logs.listLogs(x.world, name),
  "GET /1.0/instances/*/logs/*": (x, name = "", file = "") =>
    logs.getLog(x.world, x.request, name, file),
  "GET /1.0/instances/*/console": (x, name = "") =>
    logs.getConsole(x.world, name),
  "DELETE /1.0/instances/*/console": (x, name = "") =>
    logs.clearConsole(x.world, name),
  "GET /1.0/images": (x) => images.listImages(x.world, x.request),
  "POST /1.0/images": (x) =>
    isUpload(x.request)
      ? uploadImage(x.world, x.operations, x.request, x.fault)
      : images.pullImage(
        x.world,
        x.operations,
        x.request.body as ImagesPost,
        x.fault,
      ),
  "ANY /1.0/images/aliases": (x) => images.handleAliases(x.world, x.request),
  "ANY /1.0/images/aliases/*": (x, name = "") =>
    images.handleAliases(x.world, x.request, name),
  "GET /1.0/images/*": (x, prefix = "") => images.getImage(x.world, prefix),
  "PATCH /1.0/images/*": (x, prefix = "") =>
    images.patchImage(x.world, prefix, x.request.body as Image),
  "DELETE /1.0/images/*": (x, prefix = "") =>
    images.deleteImage(x.world, x.operations, prefix, x.fault),
  "ANY /1.0/networks": (x) => networks.handleNetworks(x.world, x.request),
  "GET /1.0/networks/*/leases": (x, name = "") =>
    networks.listLeases(x.world, name),
  "ANY /1.0/networks/*": (x, name = "") =>
    networks.handleNetwork(x.world, x.request, name),
  "GET /1.0/profiles": (x) => networks.listProfiles(x.world, x.request),
  "GET /1.0/profiles/*": (x, name = "") => networks.getProfile(x.world, name),
  "GET /1.0/storage-pools/*": (_, name = "") => storage.getPool(name),
  "GET /1.0/storage-pools/*/resources": (_, name = "") =>
    storage.getPoolResources(name),
  "GET /1.0/operations/*": (x, id = "") => sync(x.operations.find(id).data),
  "GET /1.0/operations/*/wait": (x, id = "") =>
    x.operations.wait(x.request, id),
  "GET /1.0/operations/*/websocket": (x, id = "") =>
    x.operations.websocket(x.http, x.request, id),
  "DELETE /1.0/operations/*": (x, id = "") => x.operations.cancel(id),
}).map(([pattern, handler]) =>
  [
    new RegExp(
      `^${
        pattern.replace("ANY", "[A-Z]+").replaceAll(".", "\\.")
          .replaceAll("*", "([^/]+)")
      }$`,
    ),
    handler,
  ] as const
);
