"""The kubelet's outside: a node object kept up to date, and the API server of a control plane kept running."""

import glob
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time

import yaml

from . import BANNER, VERSION, Failure, objects
from .client import ApiError, Client

MANIFESTS = "/etc/kubernetes/manifests"
PROGRAMS = "/usr/lib/kini-standin"
RUN = "/run/kini-standin"
CNI = "/etc/cni/net.d"
CONTAINERD = "/run/containerd/containerd.sock"
CGROUPS = "/sys/fs/cgroup"
HEARTBEAT = 3
NODES = objects.by_plural("v1", "nodes")
# What a kubelet sets at its start; they belong to the host, so the stand-in only sees whether it could.
HOST_SETTINGS = ["vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops"]


def log(text):
    print(text, file=sys.stderr, flush=True)


def check_host(config):
    """A kubelet outside of a user namespace stops where it lacks these; its feature gate makes it go on."""
    lenient = (config.get("featureGates") or {}).get("KubeletInUserNamespace", False)
    for path, mode in [("/dev/kmsg", os.O_RDONLY), *[(f"/proc/sys/{name}", os.O_WRONLY) for name in HOST_SETTINGS]]:
        try:
            os.close(os.open(path, mode))
        except OSError as error:
            if not lenient:
                raise Failure(f"a kubelet needs {path}: {error.strerror}") from error
            log(f"going on without {path}: {error.strerror}")


def cgroup_root(config, flags):
    """The cgroup below which pods are, which a kubelet does not make; an argument counts more than the configuration."""
    root = flags.get("cgroup-root", config.get("cgroupRoot", ""))
    if root and os.path.exists(f"{CGROUPS}/cgroup.controllers") and not os.path.exists(f"{CGROUPS}{root}"):
        raise Failure(f"the cgroup root {root} does not exist")
    return root


class StaticPod:
    """The one program this kubelet can run. It outlives the kubelet, as containers do."""
    cgroup_root = ""

    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path).removesuffix(".yaml")
        self.mark = f"{RUN}/{self.name}"

    def running(self):
        """Process ID and hash of the manifest it was started from."""
        try:
            with open(self.mark) as file:
                pid, digest = file.read().split()
            with open(f"/proc/{pid}/cmdline") as file:
                return (int(pid), digest) if f"{PROGRAMS}/{self.name}" in file.read() else (0, "")
        except (OSError, ValueError):
            return 0, ""

    def stop(self):
        pid, _ = self.running()
        if pid:
            log(f"stopping {self.name} ({pid})")
            os.kill(pid, signal.SIGTERM)
            while self.running()[0]:
                reap()
                time.sleep(0.05)

    def sync(self):
        try:
            with open(self.path, "rb") as file:
                data = file.read()
            [container] = yaml.safe_load(data)["spec"]["containers"]
        except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
            log(f"{self.path}: {error}")
            return
        digest = hashlib.sha256(data).hexdigest()
        pid, started_from = self.running()
        if pid and started_from == digest:
            return
        self.stop()
        program = f"{PROGRAMS}/{container['command'][0]}"
        if not os.path.exists(program):
            log(f"{self.path}: the stand-in cannot run {container['command'][0]}")
            return
        logs = f"/var/log/pods/kube-system_{self.name}-{socket.gethostname()}"
        os.makedirs(logs, exist_ok=True)
        with open(f"{logs}/{self.name}.log", "ab") as output:
            pid = subprocess.Popen([program, *container["command"][1:]], stdout=output, stderr=output,
                                   stdin=subprocess.DEVNULL, start_new_session=True,
                                   preexec_fn=self.enter_cgroup).pid
        log(f"started {self.name} ({pid})")
        with open(self.mark, "w") as file:
            file.write(f"{pid} {digest}")

    def enter_cgroup(self):
        group = f"{CGROUPS}{self.cgroup_root or '/kubepods'}/{self.name}"
        if os.path.exists(f"{CGROUPS}/cgroup.controllers"):
            os.makedirs(group, exist_ok=True)
            with open(f"{group}/cgroup.procs", "w") as file:
                file.write("0")


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def sync_pods(known):
    for path in glob.glob(f"{MANIFESTS}/*.yaml"):
        known.setdefault(path, StaticPod(path)).sync()
    for path in [p for p in known if not os.path.exists(p)]:
        known.pop(path).stop()


def containerd_answers():
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(CONTAINERD)
            return True
        except OSError:
            return False


def network_ready(client):
    """True once a network plugin's configuration lies on the node; its DaemonSet would have put it there."""
    if glob.glob(f"{CNI}/*.conf*"):
        return True
    for daemon_set in client.get(objects.path_of(objects.by_word("ds")))["items"]:
        volumes = daemon_set["spec"]["template"]["spec"].get("volumes") or []
        if "standin.kini/network" in daemon_set["metadata"].get("labels", {}) or any(
                (v.get("hostPath") or {}).get("path", "").startswith("/etc/cni") for v in volumes):
            os.makedirs(CNI, exist_ok=True)
            with open(f"{CNI}/10-standin.conflist", "w") as file:
                file.write('{"cniVersion": "0.3.1", "name": "standin", "plugins": [{"type": "loopback"}]}\n')
            log("the network plugin is there")
            return True
    return False


class Node:
    def __init__(self, flags):
        self.name = flags.get("hostname-override") or socket.gethostname()
        self.flags = flags
        self.path = objects.path_of(NODES, name=self.name)
        self.since = {}
        release = {}
        with open("/etc/os-release") as file:
            for line in file:
                key, _, value = line.strip().partition("=")
                release[key] = value.strip('"')
        system = os.uname()
        runtime = subprocess.run(["containerd", "--version"], capture_output=True, text=True).stdout.split()
        self.info = {
            "kubeletVersion": VERSION, "kubeProxyVersion": "", "operatingSystem": "linux",
            "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(system.machine, system.machine),
            "osImage": release.get("PRETTY_NAME", ""), "kernelVersion": system.release,
            "containerRuntimeVersion": "containerd://" + (runtime[2] if len(runtime) > 2 else "unknown"),
            "machineID": read("/etc/machine-id"), "systemUUID": read("/sys/class/dmi/id/product_uuid"),
            "bootID": read("/proc/sys/kernel/random/boot_id")}
        memory = next(line.split()[1] for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal"))
        self.resources = {"cpu": str(os.cpu_count()), "memory": f"{memory}Ki", "pods": "110"}

    def addresses(self):
        given = self.flags.get("node-ip")
        if given:
            found = given.split(",")
        else:
            infos = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(info[4][0] for info in infos))
        return [{"type": "InternalIP", "address": a} for a in found] + [{"type": "Hostname", "address": self.name}]

    def condition(self, kind, status, reason, message):
        if self.since.get(kind, ("", ""))[0] != status:
            self.since[kind] = (status, objects.now())
            log(f"{kind}={status}: {message}")
        return {"type": kind, "status": status, "reason": reason, "message": message,
                "lastHeartbeatTime": objects.now(), "lastTransitionTime": self.since[kind][1]}

    def status(self, ready, message):
        pressures = [self.condition(f"{what}Pressure", "False", "NotLookedAt", "the stand-in measures nothing")
                     for what in ("Memory", "Disk", "PID")]
        last = self.condition("Ready", "True" if ready else "False",
                              "KubeletReady" if ready else "KubeletNotReady", message)
        return {"conditions": [*pressures, last], "addresses": self.addresses(), "nodeInfo": self.info,
                "capacity": self.resources, "allocatable": self.resources,
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}}}

    def post(self, client, ready, message):
        status = self.status(ready, message)
        try:
            client.merge(self.path, {"status": status})
        except ApiError as error:
            if error.code != 404:
                raise
            labels = dict(pair.split("=", 1) for pair in self.flags.get("node-labels", "").split(",") if pair)
            labels |= {"kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux",
                       "kubernetes.io/arch": self.info["architecture"]}
            client.post(objects.path_of(NODES), {
                "metadata": {"name": self.name, "labels": labels}, "status": status,
                "spec": {"providerID": self.flags["provider-id"]} if "provider-id" in self.flags else {}})
            log(f"registered the node {self.name}")


def read(path):
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return ""


def main(argv):
    if "--version" in argv:
        print(f"Kubernetes {BANNER}")
        return
    flags = dict(word.removeprefix("--").partition("=")[::2] for word in argv)
    log(f"kubelet {BANNER}")
    config = yaml.safe_load(read(flags.get("config", ""))) or {}
    check_host(config)
    StaticPod.cgroup_root = cgroup_root(config, flags)
    os.makedirs(RUN, mode=0o700, exist_ok=True)
    node, pods, posted, was_ready, trouble = Node(flags), {}, 0.0, False, ""
    while True:
        reap()
        sync_pods(pods)
        if time.monotonic() - posted > HEARTBEAT or not was_ready:
            try:
                client = Client.from_kubeconfig(flags["kubeconfig"], timeout=5)
                if not containerd_answers():
                    ready, message = False, "containerd does not answer"
                elif not network_ready(client):
                    ready, message = False, "no network plugin has been set up"
                else:
                    ready, message = True, "the stand-in is up"
                node.post(client, ready, message)
                posted, was_ready, trouble = time.monotonic(), ready, ""
            except (Failure, OSError) as error:
                was_ready = False
                if str(error) != trouble:
                    trouble = str(error)
                    log(trouble)
        time.sleep(0.3)
