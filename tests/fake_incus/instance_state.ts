/**
 * `PUT /1.0/instances/NAME/state`: start, stop, restart, freeze.
 *
 * @module
 */
import type { Instance, InstanceStatePut } from "../../incus/types.ts";
import { Refusal, sync } from "./answers.ts";
import type { FakeInstance } from "./fake_instance.ts";
import type { OperationFault } from "./faults.ts";
import type { HttpReply } from "./http_server.ts";
import type { OperationStore } from "./operations.ts";
import type { World } from "./world.ts";

const DESCRIPTIONS: Record<InstanceStatePut["action"], string> = {
  start: "Starting instance",
  stop: "Stopping instance",
  restart: "Restarting instance",
  freeze: "Freezing instance",
  unfreeze: "Unfreezing instance",
};

/** `GET …/state`. */
export function getState(world: World, name: string): HttpReply {
  return sync(world.instance(name).state(world.networks));
}

/** `PUT …/state`. */
export function putState(
  world: World,
  operations: OperationStore,
  name: string,
  body: InstanceStatePut,
  fault?: OperationFault,
): HttpReply {
  const found = world.instance(name);
  const description = DESCRIPTIONS[body.action];
  if (!description) throw new Refusal(400, `Unknown action: ${body.action}`);
  return operations.start({
    description,
    resources: { instances: [`/1.0/instances/${found.name}`] },
    run: () => changeState(world, found, body),
  }, fault);
}

async function changeState(
  world: World,
  found: FakeInstance,
  body: InstanceStatePut,
): Promise<void> {
  const { status } = found.instance;
  switch (body.action) {
    case "start":
      return await startInstance(world, found);
    case "stop":
      return stopInstance(world, found, isForced(body));
    case "restart":
      if (status === "Frozen") {
        throw new Refusal(400, "Instance is not running");
      }
      stopInstance(world, found, isForced(body), true);
      return await startInstance(world, found);
    case "freeze":
      if (status === "Stopped") {
        throw new Refusal(400, "The instance isn't running");
      }
      if (status === "Frozen") {
        throw new Refusal(400, "The container is already frozen");
      }
      return setStatus(found, "Frozen", 110);
    case "unfreeze":
      if (status === "Stopped") {
        throw new Refusal(400, "The container isn't running");
      }
      if (status === "Running") {
        throw new Refusal(400, "The container is already running");
      }
      return setStatus(found, "Running", 103);
  }
}

function isForced(body: InstanceStatePut): boolean {
  return body.force === true || body.timeout === 0;
}

async function startInstance(world: World, found: FakeInstance): Promise<void> {
  if (found.instance.status !== "Stopped") {
    throw new Refusal(400, "The instance is already running");
  }
  checkPorts(world, found, found.instance);
  found.resetState();
  found.logs.set("lxc.log", "");
  found.consoleUnread = "";
  found.instance.last_used_at = world.time();
  delete found.instance.config["volatile.apply_template"];
  found.instance.config["volatile.last_state.power"] = "RUNNING";
  world.expand(found.instance);
  setStatus(found, "Running", 103);
  try {
    await world.hooks.onStart?.(found);
  } catch (error) {
    setStatus(found, "Stopped", 102);
    throw error;
  }
}

function stopInstance(
  world: World,
  found: FakeInstance,
  force: boolean,
  restart = false,
): void {
  if (found.instance.status === "Stopped") {
    throw new Refusal(400, "The instance is already stopped");
  }
  if (!force && world.hooks.onStop?.(found) === false) {
    throw new Refusal(
      400,
      'Failed shutting down instance, status is "Running": ' +
        "context deadline exceeded",
    );
  }
  endInstance(world, found, force ? { signal: 9 } : { signal: 15 }, restart);
}

/** How a container's process has ended. */
export interface ProcessEnd {
  code?: number;
  signal?: number;
}

/** What happens when the process of an instance has ended, whoever ended it. */
export function endInstance(
  world: World,
  found: FakeInstance,
  end: ProcessEnd,
  restart = false,
): void {
  found.instance.config["volatile.last_state.power"] = "STOPPED";
  found.logs.set(
    "lxc.log",
    (found.logs.get("lxc.log") ?? "") + note(world, found, end),
  );
  world.expand(found.instance);
  setStatus(found, "Stopped", 102);
  if (found.instance.ephemeral && !restart) world.instances.delete(found.name);
}

/** liblxc's note in its log, at level `info`. */
function note(world: World, found: FakeInstance, end: ProcessEnd): string {
  const stamp = world.now().toISOString().replace(/[-:TZ]/g, "");
  const line = (place: string, text: string) =>
    `lxc ${found.name} ${stamp} INFO     ${place} - ${text}\n`;
  const pid = 4000 + found.number;
  const cause = end.signal
    ? `signal (${end.signal})`
    : end.code
    ? `error (${end.code})`
    : "";
  return (cause &&
    line(
      "error",
      `../src/lxc/error.c:lxc_error_set_and_log:${
        end.signal ? 45 : 33
      } - Child <${pid}> ended on ${cause}`,
    )) +
    line(
      "utils",
      `../src/lxc/utils.c:run_script_argv:587 - Executing script ` +
        `"/usr/bin/incusd callhook" for container "${found.name}"`,
    );
}

function setStatus(found: FakeInstance, status: string, code: number): void {
  found.instance.status = status;
  found.instance.status_code = code;
}

/** Refuses ports that another instance, or something else, listens on. */
export function checkPorts(
  world: World,
  found: FakeInstance,
  instance: Instance,
): void {
  const busy = new Set(world.busyPorts);
  for (const other of world.instances.values()) {
    if (other === found || !other.running) continue;
    for (const device of Object.values(other.instance.expanded_devices)) {
      if (device.type === "proxy") busy.add(device.listen ?? "");
    }
  }
  for (const [name, device] of Object.entries(instance.expanded_devices)) {
    const listen = device.listen ?? "";
    if (device.type !== "proxy" || !busy.has(listen)) continue;
    const [protocol, ...address] = listen.split(":");
    const at = address.join(":");
    const reason = `listen ${protocol} ${at}: bind: address already in use`;
    throw new Refusal(
      400,
      `Failed to start device "${name}": Error occurred when starting proxy ` +
        `device: Error: ${
          protocol === "tcp" ? `Failed to listen on ${at}: ` : ""
        }${reason}`,
    );
  }
}
