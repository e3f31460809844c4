/**
 * `/1.0/networks` and `/1.0/profiles`.
 *
 * @module
 */
import type { Network, NetworkLease } from "../../incus/types.ts";
import { Refusal, sync } from "./answers.ts";
import type { HttpReply } from "./http_server.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

/** `/1.0/networks`. */
export function handleNetworks(
  world: World,
  request: RecordedRequest,
): HttpReply {
  if (request.method === "POST") return createNetwork(world, request);
  const all = [...world.networks.values()];
  return sync(
    request.query.recursion === "1"
      ? all.map((one) => withUsers(world, one))
      : all.map((one) => `/1.0/networks/${one.name}`),
  );
}

function withUsers(world: World, network: Network): Network {
  return { ...network, used_by: world.usersOf(network.name) };
}

function createNetwork(world: World, request: RecordedRequest): HttpReply {
  const body = request.body as Partial<Network> & { name: string };
  if (world.networks.has(body.name)) {
    throw new Refusal(409, `Network "${body.name}" already exists`);
  }
  if (!/^[-_a-zA-Z0-9.]{2,15}$/.test(body.name)) {
    throw new Refusal(400, "Invalid network name: Must be 2-15 characters");
  }
  const number = world.networks.size + 3;
  world.networks.set(body.name, {
    name: body.name,
    type: body.type ?? "bridge",
    description: body.description ?? "",
    managed: true,
    status: "Created",
    config: {
      "ipv4.address": `10.0.${number}.1/24`,
      "ipv4.nat": "true",
      "ipv6.address": `fd42:${number}::1/64`,
      "ipv6.nat": "true",
      ...body.config,
    },
    used_by: [],
  });
  return sync({}, 201);
}

/** `/1.0/networks/NAME`. */
export function handleNetwork(
  world: World,
  request: RecordedRequest,
  name: string,
): HttpReply {
  const found = world.networks.get(decodeURIComponent(name));
  if (!found) throw new Refusal(404, "Network not found");
  const body = (request.body ?? {}) as Partial<Network>;
  switch (request.method) {
    case "GET":
      return sync(withUsers(world, found));
    case "PATCH":
      found.config = withoutEmpty({ ...found.config, ...body.config });
      return sync({});
    case "PUT":
      found.config = withoutEmpty(body.config ?? {});
      return sync({});
    case "DELETE":
      if (world.usersOf(found.name).length > 0) {
        throw new Refusal(400, "The network is currently in use");
      }
      world.networks.delete(found.name);
      return sync({});
    default:
      throw new Refusal(404, "Not Found");
  }
}

/** `GET /1.0/networks/NAME/leases`: the gateway, and what is reserved. */
export function listLeases(world: World, name: string): HttpReply {
  const network = world.networks.get(decodeURIComponent(name));
  if (!network) throw new Refusal(404, "Network not found");
  const leases: NetworkLease[] = [{
    hostname: `${network.name}.gw`,
    hwaddr: "",
    address: network.config["ipv4.address"]?.split("/")[0] ?? "",
    type: "gateway",
  }];
  for (const { instance } of world.instances.values()) {
    for (const [key, device] of Object.entries(instance.expanded_devices)) {
      const address = device["ipv4.address"];
      if (device.network !== network.name || !address) continue;
      leases.push({
        hostname: instance.name,
        hwaddr: instance.config[`volatile.${key}.hwaddr`] ?? "",
        address,
        type: "static",
      });
    }
  }
  return sync(leases);
}

function withoutEmpty(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== ""),
  );
}

/** `GET /1.0/profiles`. */
export function listProfiles(
  world: World,
  request: RecordedRequest,
): HttpReply {
  const all = [...world.profiles.values()];
  return sync(
    request.query.recursion === "1"
      ? all
      : all.map((one) => `/1.0/profiles/${one.name}`),
  );
}

/** `GET /1.0/profiles/NAME`. */
export function getProfile(world: World, name: string): HttpReply {
  const found = world.profiles.get(decodeURIComponent(name));
  if (!found) throw new Refusal(404, "Profile not found");
  return sync(found);
}
