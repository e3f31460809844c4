/**
 * `/1.0/instances`: list, get, create, change, delete.
 *
 * @module
 */
import type { Instance, InstancesPost } from "../../incus/types.ts";
import type { FakeImage } from "../builders.ts";
import { Refusal, sync } from "./answers.ts";
import type { OperationFault } from "./faults.ts";
import { checkConfig, checkDevices, checkName } from "./instance_checks.ts";
import { checkPorts } from "./instance_state.ts";
import type { HttpReply } from "./http_server.ts";
import { imageFor } from "./images.ts";
import type { OperationStore } from "./operations.ts";
import type { RecordedRequest } from "./request.ts";
import type { World } from "./world.ts";

/** `GET /1.0/instances`. */
export function listInstances(
  world: World,
  request: RecordedRequest,
): HttpReply {
  const all = [...world.instances.values()].sort((a, b) =>
    a.name < b.name ? -1 : 1
  );
  switch (request.query.recursion) {
    case "1":
      return sync(all.map((one) => one.instance));
    case "2":
      return sync(all.map((one) => world.fullInstance(one)));
    default:
      return sync(all.map((one) => `/1.0/instances/${one.name}`));
  }
}

/** `GET /1.0/instances/NAME`. */
export function getInstance(
  world: World,
  request: RecordedRequest,
  name: string,
): HttpReply {
  const found = world.instance(name);
  return sync(
    request.query.recursion === "1"
      ? world.fullInstance(found)
      : found.instance,
  );
}

/** `POST /1.0/instances`. */
export function createInstance(
  world: World,
  operations: OperationStore,
  body: InstancesPost & { start?: boolean; ephemeral?: boolean },
  target?: string,
  fault?: OperationFault,
): HttpReply {
  const location = locationFor(world, target);
  checkName(body.name);
  checkFree(world, body.name);
  for (const profile of body.profiles ?? []) {
    if (!world.profiles.has(profile)) {
      throw new Refusal(400, `Requested profile "${profile}" doesn't exist`);
    }
  }
  checkConfig(world, body.config ?? {});
  return operations.start({
    description: "Creating instance",
    resources: { instances: [`/1.0/instances/${body.name}`] },
    run: async (operation) => {
      const image = await imageFor(world, body.source, operation);
      const instance = { ...instanceFor(world, body, image), location };
      checkDevices(world, instance);
      // Somebody else may have been faster while the image was fetched.
      checkFree(world, body.name);
      world.addInstance(instance, { files: image.files ?? {} });
    },
  }, fault);
}

/** The first member takes what may be anywhere. */
function locationFor(world: World, target: string | undefined): string {
  const { members } = world;
  if (members.length === 0) {
    if (!target) return "none";
    throw new Refusal(400, "Target only allowed when clustered");
  }
  if (target?.startsWith("@")) {
    const group = target.slice(1);
    const member = members.find(({ groups }) => groups?.includes(group));
    if (member) return member.server_name;
    throw new Refusal(400, `Cluster group "${group}" doesn't exist`);
  }
  const member = members.find(({ server_name: name }) =>
    !target || name === target
  );
  if (member) return member.server_name;
  throw new Refusal(404, `Cluster member "${target}" not found`);
}

function checkFree(world: World, name: string): void {
  if (world.instances.has(name)) {
    throw new Refusal(500, `Instance "${name}" already exists`);
  }
}

function instanceFor(
  world: World,
  body: InstancesPost & { ephemeral?: boolean },
  { image, oci }: FakeImage,
): Instance {
  const instance: Instance = {
    name: body.name,
    type: "container",
    status: "Stopped",
    status_code: 102,
    architecture: image.architecture,
    config: {},
    devices: structuredClone(body.devices ?? {}),
    expanded_config: {},
    expanded_devices: {},
    profiles: body.profiles ?? ["default"],
    ephemeral: body.ephemeral ?? false,
    created_at: world.time(),
    last_used_at: "1970-01-01T00:00:00Z",
    location: "none",
    project: "default",
  };
  const number = world.nextNumber;
  for (const [key, value] of Object.entries(image.properties ?? {})) {
    instance.config[`image.${key}`] = value;
  }
  if (oci) {
    for (const [key, value] of Object.entries(oci.environment)) {
      instance.config[`environment.${key}`] = value;
    }
    instance.config["oci.entrypoint"] = oci.entrypoint.map(quote).join(" ");
    instance.config["oci.cwd"] = oci.cwd;
    instance.config["oci.uid"] = String(oci.uid);
    instance.config["oci.gid"] = String(oci.gid);
    instance.config["volatile.container.oci"] = "true";
  }
  Object.assign(instance.config, {
    "volatile.apply_template": "create",
    "volatile.base_image": image.fingerprint,
    "volatile.cloud-init.instance-id": uuid(number, "a"),
    "volatile.idmap.base": "0",
    "volatile.idmap.next":
      '[{"Isuid":true,"Isgid":false,"Hostid":1000000,"Nsid":0,"Maprange":1000000000}]',
    "volatile.uuid": uuid(number, "b"),
    "volatile.uuid.generation": uuid(number, "b"),
  }, removeEmpty(body.config ?? {}));
  world.expand(instance);
  for (const [name, device] of Object.entries(instance.expanded_devices)) {
    if (device.type !== "nic" || device.hwaddr) continue;
    instance.config[`volatile.${name}.hwaddr`] = `10:66:6a:00:00:${
      (15 + number).toString(16).padStart(2, "0")
    }`;
  }
  world.expand(instance);
  return instance;
}

/** `PATCH /1.0/instances/NAME`: keys and whole devices are merged. */
export function patchInstance(
  world: World,
  name: string,
  body: Partial<Instance>,
): HttpReply {
  const found = world.instance(name);
  const { instance } = found;
  checkConfig(world, body.config ?? {});
  const changed: Instance = {
    ...instance,
    config: removeEmpty({ ...instance.config, ...body.config }),
    devices: { ...instance.devices, ...structuredClone(body.devices ?? {}) },
    profiles: body.profiles ?? instance.profiles,
    ephemeral: body.ephemeral ?? instance.ephemeral,
  };
  replaceInstance(world, name, changed);
  return sync({});
}

/** `PUT /1.0/instances/NAME`: everything is replaced. */
export function putInstance(
  world: World,
  operations: OperationStore,
  name: string,
  body: Partial<Instance>,
  fault?: OperationFault,
): HttpReply {
  const found = world.instance(name);
  checkConfig(world, body.config ?? {});
  return operations.start({
    description: "Updating instance",
    resources: { instances: [`/1.0/instances/${found.name}`] },
    run: () =>
      replaceInstance(world, name, {
        ...found.instance,
        config: removeEmpty(body.config ?? {}),
        devices: structuredClone(body.devices ?? {}),
        profiles: body.profiles ?? [],
      }),
  }, fault);
}

function replaceInstance(world: World, name: string, changed: Instance): void {
  const found = world.instance(name);
  world.expand(changed);
  checkDevices(world, changed);
  if (found.running) checkPorts(world, found, changed);
  Object.assign(found.instance, changed);
}

/** `DELETE /1.0/instances/NAME`. */
export function deleteInstance(
  world: World,
  operations: OperationStore,
  name: string,
  fault?: OperationFault,
): HttpReply {
  const found = world.instance(name);
  if (found.instance.status !== "Stopped") {
    throw new Refusal(400, "Instance is running");
  }
  return operations.start({
    description: "Deleting instance",
    resources: { instances: [`/1.0/instances/${found.name}`] },
    run: () => void world.instances.delete(found.name),
  }, fault);
}

function removeEmpty(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== ""),
  );
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function uuid(number: number, kind: string): string {
  return `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}
