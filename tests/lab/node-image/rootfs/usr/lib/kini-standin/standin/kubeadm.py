"""kubeadm's steps, as far as kind can observe them."""

import base64
import getopt
import hashlib
import hmac
import json
import os
import socket
import subprocess
import threading
import time

import yaml

from . import BANNER, VERSION, Failure, objects, pki
from .client import ApiError, Client, write_kubeconfig

KUBERNETES = "/etc/kubernetes"
ADMIN = f"{KUBERNETES}/admin.conf"
MANIFEST = f"{KUBERNETES}/manifests/kube-apiserver.yaml"
ROLE = "node-role.kubernetes.io/control-plane"
COPIED = ["ca.crt", "ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.pub", "sa.key", "etcd/ca.crt",
          "etcd/ca.key"]
PATIENCE = 60


def say(step, text):
    print(f"[{step}] {text}", flush=True)


class Config:
    """What a file of kubeadm configuration says, for this node."""

    def __init__(self, path):
        try:
            with open(path) as file:
                documents = [d for d in yaml.safe_load_all(file) if d]
        except (OSError, yaml.YAMLError) as error:
            raise Failure(f"cannot read the configuration {path}: {error}") from error
        for document in documents:
            if "kind" not in document or "apiVersion" not in document:
                raise Failure(f"{path}: a document has no kind or no apiVersion")
        self.documents = {d["kind"]: d for d in documents}
        self.cluster = self.documents.get("ClusterConfiguration", {})
        self.init = self.documents.get("InitConfiguration", {})
        self.join = self.documents.get("JoinConfiguration", {})

    @property
    def cluster_name(self):
        return self.cluster.get("clusterName", "kubernetes")

    @property
    def endpoint(self):
        try:
            return self.cluster["controlPlaneEndpoint"]
        except KeyError:
            raise Failure("the configuration has no controlPlaneEndpoint") from None

    def registration(self, joining):
        return (self.join if joining else self.init).get("nodeRegistration") or {}

    def node_name(self, joining=False):
        return self.registration(joining).get("name") or socket.gethostname()

    def kubelet_args(self, joining=False):
        given = self.registration(joining).get("kubeletExtraArgs") or {}
        if isinstance(given, list):
            given = {pair["name"]: pair["value"] for pair in given}
        return given

    def advertised(self, joining=False):
        place = ((self.join.get("controlPlane") or {}) if joining else self.init).get("localAPIEndpoint") or {}
        node_ip = self.kubelet_args(joining).get("node-ip", "").split(",")[0]
        address = place.get("advertiseAddress") or node_ip or routed_address()
        return address, place.get("bindPort", 6443)

    def server_names(self, joining=False):
        given = (self.cluster.get("apiServer") or {}).get("certSANs") or []
        host = self.endpoint.rpartition(":")[0].strip("[]")
        own = [self.node_name(joining), socket.gethostname(), "localhost", "127.0.0.1", "::1", "kubernetes",
               "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
        ips = self.kubelet_args(joining).get("node-ip", "").split(",")
        return list(dict.fromkeys(n for n in [*own, host, self.advertised(joining)[0], *ips, *given] if n))


def routed_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as error:
            raise Failure(f"this node has no address: {error}") from error
        return probe.getsockname()[0]


def url(address, port):
    return f"https://[{address}]:{port}" if ":" in address else f"https://{address}:{port}"


def in_parallel(*jobs):
    failures = []

    def guarded(job):
        try:
            job()
        except Exception as error:
            failures.append(error)
    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def certs_apiserver(config, joining=False):
    names = config.server_names(joining)
    say("certs", f"apiserver certificate for {', '.join(names)}")
    pki.issue(f"{pki.PKI}/apiserver", "ca", "kube-apiserver", names=names, server=True)


def make_certs(config, joining=False):
    in_parallel(lambda: pki.make_authority("ca", "kubernetes"),
                lambda: pki.make_authority("front-proxy-ca", "front-proxy-ca"),
                lambda: pki.make_authority("etcd/ca", "etcd-ca"),
                make_service_account_keys)
    in_parallel(
        lambda: certs_apiserver(config, joining),
        lambda: pki.issue(f"{pki.PKI}/apiserver-kubelet-client", "ca", "kube-apiserver-kubelet-client",
                          ["kubeadm:cluster-admins"]),
        lambda: pki.issue(f"{pki.PKI}/front-proxy-client", "front-proxy-ca", "front-proxy-client"))


def make_service_account_keys():
    key = f"{pki.PKI}/sa.key"
    if not os.path.exists(key):
        pki.make_key(key)
        pki.openssl("pkey", "-in", key, "-pubout", "-out", f"{pki.PKI}/sa.pub")


def make_kubeconfig(config, name, server, user, groups):
    path = f"/run/kini-standin/{name}"
    pki.issue(path, "ca", user, groups)
    write_kubeconfig(f"{KUBERNETES}/{name}", server, config.cluster_name, user, {
        "client-certificate-data": pki.encoded(f"{path}.crt"), "client-key-data": pki.encoded(f"{path}.key")})
    os.unlink(f"{path}.crt")
    os.unlink(f"{path}.key")


def make_kubeconfigs(config, joining=False):
    local, shared = url(*config.advertised(joining)), f"https://{config.endpoint}"
    jobs = [("controller-manager.conf", local, "system:kube-controller-manager", []),
            ("scheduler.conf", local, "system:kube-scheduler", [])]
    if not joining:
        jobs += [("admin.conf", shared, "kubernetes-admin", ["kubeadm:cluster-admins"]),
                 ("kubelet.conf", shared, f"system:node:{config.node_name()}", ["system:nodes"])]
    in_parallel(*[lambda job=job: make_kubeconfig(config, *job) for job in jobs])


def write_manifest(config, joining=False, leader=None):
    address, port = config.advertised(joining)
    command = ["kube-apiserver", f"--advertise-address={address}", f"--secure-port={port}",
               f"--client-ca-file={pki.PKI}/ca.crt", f"--tls-cert-file={pki.PKI}/apiserver.crt",
               f"--tls-private-key-file={pki.PKI}/apiserver.key"]
    if leader:
        command.append(f"--standin-leader={leader}")
    os.makedirs(os.path.dirname(MANIFEST), exist_ok=True)
    with open(MANIFEST, "w") as file:
        yaml.safe_dump({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kube-apiserver", "namespace": "kube-system"},
            "spec": {"hostNetwork": True, "containers": [
                {"name": "kube-apiserver", "image": f"kini-standin/kube-apiserver:{VERSION}", "command": command}]},
        }, file, sort_keys=False)


def start_kubelet(config, joining=False):
    say("kubelet-start", "writing the kubelet's configuration and starting it")
    kubelet = config.documents.get("KubeletConfiguration") or {
        "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"}
    os.makedirs("/var/lib/kubelet", exist_ok=True)
    flags = [f"--{name}={value}" for name, value in config.kubelet_args(joining).items()]
    if config.node_name(joining) != socket.gethostname():
        flags.append(f"--hostname-override={config.node_name(joining)}")
    with open("/var/lib/kubelet/kubeadm-flags.env", "w") as file:
        file.write(f'KUBELET_KUBEADM_ARGS="{" ".join(flags)}"\n')
    with open("/var/lib/kubelet/config.yaml", "w") as file:
        yaml.safe_dump(kubelet, file)
    # Whether it runs shows in what it does; its unit is started again when a first start fails.
    subprocess.run(["systemctl", "restart", "kubelet.service"], stderr=subprocess.DEVNULL)


def wait_until(what, probe):
    """Tries until it works; on failure the kubelet's own words are shown."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return probe()
        except (OSError, Failure) as error:
            if time.monotonic() > end:
                journal = subprocess.run(["journalctl", "--no-pager", "-n", "15", "-u", "kubelet.service"],
                                         capture_output=True, text=True).stdout
                raise Failure(f"{what} did not happen within {PATIENCE} s: {error}\n{journal}") from error
            time.sleep(0.1)


def healthy(client):
    status, _, body = client.raw("GET", "/healthz")
    if (status, body) != (200, b"ok"):
        raise Failure(f"/healthz answered {status}")


def wait_for_own_server(config, joining=False):
    say("wait-control-plane", "waiting for the API server of this node")
    with open(f"{pki.PKI}/ca.crt", "rb") as file:
        client = Client(url(*config.advertised(joining)), file.read(), timeout=3)
    wait_until("the API server's start", lambda: healthy(client))


def create(client, group_version, plural, value, namespace=None):
    path = objects.path_of(objects.by_plural(group_version, plural), namespace)
    try:
        client.post(path, value)
    except ApiError as error:
        if error.reason != "AlreadyExists":
            raise


def upload(config, client):
    say("upload-config", "storing the configuration and the bootstrap token in the cluster")
    create(client, "v1", "configmaps", {
        "metadata": {"name": "kubeadm-config", "namespace": "kube-system",
                     "annotations": {"standin.kini/first-control-plane": config.node_name()}},
        "data": {"ClusterConfiguration": yaml.safe_dump(config.cluster)}}, "kube-system")
    info = yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "preferences": {}, "users": None, "contexts": None,
        "current-context": "", "clusters": [{"name": "", "cluster": {
            "certificate-authority-data": pki.encoded(f"{pki.PKI}/ca.crt"),
            "server": f"https://{config.endpoint}"}}]})
    data = {"kubeconfig": info}
    for entry in config.init.get("bootstrapTokens") or []:
        identifier, secret = entry["token"].split(".")
        data[f"jws-kubeconfig-{identifier}"] = detached_signature(info, identifier, secret)
        create(client, "v1", "secrets", {
            "metadata": {"name": f"bootstrap-token-{identifier}", "namespace": "kube-system"},
            "type": "bootstrap.kubernetes.io/token",
            "stringData": {"token-id": identifier, "token-secret": secret}}, "kube-system")
    create(client, "v1", "configmaps", {
        "metadata": {"name": "cluster-info", "namespace": "kube-public"}, "data": data}, "kube-public")


def detached_signature(text, identifier, secret):
    """RFC 7515, HS256, without the content."""
    encode = lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")
    header = encode(json.dumps({"alg": "HS256", "kid": identifier}).encode())
    mac = hmac.new(secret.encode(), f"{header}.{encode(text.encode())}".encode(), hashlib.sha256)
    return f"{header}..{encode(mac.digest())}"


def mark_control_plane(config, client, joining=False):
    name = config.node_name(joining)
    say("mark-control-plane", f"marking the node {name} as control plane")
    path = objects.path_of(objects.by_plural("v1", "nodes"), name=name)
    taints = config.registration(joining).get("taints")
    if taints is None:
        taints = [{"key": ROLE, "effect": "NoSchedule"}]
    labels = {ROLE: "", "node.kubernetes.io/exclude-from-external-load-balancers": ""}
    wait_until("the node's registration",
               lambda: client.merge(path, {"metadata": {"labels": labels}, "spec": {"taints": taints or None}}))


def init(config):
    say("init", f"Kubernetes {BANNER}")
    if os.path.exists(MANIFEST):
        raise Failure(f"{MANIFEST} already exists")
    wanted = config.cluster.get("kubernetesVersion", VERSION)
    if wanted != VERSION:
        raise Failure(f"the configuration asks for {wanted}, this node has {VERSION}")
    make_certs(config)
    make_kubeconfigs(config)
    write_manifest(config)
    start_kubelet(config)
    wait_for_own_server(config)
    say("wait-control-plane", f"reaching it as {config.endpoint}")
    client = Client.from_kubeconfig(ADMIN)
    wait_until(f"an answer from {config.endpoint}", lambda: healthy(client))
    upload(config, client)
    mark_control_plane(config, client)
    say("init", "the control plane is up")


def discover(config):
    """A client with the token, after the cluster has shown that it knows the token too."""
    discovery = (config.join.get("discovery") or {}).get("bootstrapToken")
    if not discovery:
        raise Failure("the JoinConfiguration has no discovery.bootstrapToken")
    endpoint, token = discovery["apiServerEndpoint"], discovery["token"]
    say("discovery", f"asking {endpoint} for the cluster's CA")
    anyone = Client(f"https://{endpoint}", tries=10)
    path = objects.path_of(objects.by_plural("v1", "configmaps"), "kube-public", "cluster-info")
    data = wait_until(f"an answer from {endpoint}", lambda: anyone.get(path))["data"]
    identifier, secret = token.split(".")
    signature = data.get(f"jws-kubeconfig-{identifier}", "")
    if not hmac.compare_digest(signature, detached_signature(data["kubeconfig"], identifier, secret)):
        raise Failure(f"the cluster does not know the token {identifier}")
    cluster = yaml.safe_load(data["kubeconfig"])["clusters"][0]["cluster"]
    authority = base64.b64decode(cluster["certificate-authority-data"])
    return cluster["server"], authority, Client(cluster["server"], authority, token=token, tries=10)


def bootstrap_kubelet(config, server, authority, client):
    name = config.node_name(joining=True)
    say("kubelet-start", f"asking for a certificate for the node {name}")
    os.makedirs(pki.PKI, exist_ok=True)
    if not os.path.exists(f"{pki.PKI}/ca.crt"):
        with open(f"{pki.PKI}/ca.crt", "wb") as file:
            file.write(authority)
    key, certificate = "/var/lib/kubelet/pki/kubelet-client.key", "/var/lib/kubelet/pki/kubelet-client.crt"
    pki.make_key(key)
    request = pki.signing_request(key, f"system:node:{name}", ["system:nodes"])
    answer = client.post(objects.path_of(objects.by_word("csr")), {
        "metadata": {"generateName": "node-csr-"},
        "spec": {"request": base64.b64encode(request).decode(), "usages": ["client auth"],
                 "signerName": "kubernetes.io/kube-apiserver-client-kubelet"}})
    with open(certificate, "wb") as file:
        file.write(base64.b64decode(answer["status"]["certificate"]))
    write_kubeconfig(f"{KUBERNETES}/kubelet.conf", server, config.cluster_name, f"system:node:{name}",
                     {"client-certificate": certificate, "client-key": key})


def join(config):
    say("join", f"Kubernetes {BANNER}")
    control_plane = config.join.get("controlPlane") is not None
    server, authority, client = discover(config)
    kubeadm_config = objects.path_of(objects.by_plural("v1", "configmaps"), "kube-system", "kubeadm-config")
    stored = client.get(kubeadm_config)
    config.cluster = config.cluster or yaml.safe_load(stored["data"]["ClusterConfiguration"])
    if control_plane:
        missing = [name for name in COPIED if not os.path.exists(f"{pki.PKI}/{name}")]
        if missing:
            raise Failure(f"a further control plane needs these files in {pki.PKI}: {' '.join(missing)}")
        first = stored["metadata"]["annotations"]["standin.kini/first-control-plane"]
        make_certs(config, joining=True)
        make_kubeconfigs(config, joining=True)
        write_manifest(config, joining=True, leader=f"https://{first}:6443")
    bootstrap_kubelet(config, server, authority, client)
    start_kubelet(config, joining=True)
    if control_plane:
        wait_for_own_server(config, joining=True)
        mark_control_plane(config, Client.from_kubeconfig(ADMIN), joining=True)
    name = config.node_name(joining=True)
    own = Client.from_kubeconfig(f"{KUBERNETES}/kubelet.conf")
    path = objects.path_of(objects.by_plural("v1", "nodes"), name=name)
    wait_until(f"the registration of the node {name}", lambda: own.get(path))
    say("join", f"the node {name} has joined the cluster")


def list_images(version):
    for name in "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy":
        print(f"registry.k8s.io/{name}:{version}")
    for image in "coredns/coredns:v1.13.1", "pause:3.10.1", "etcd:3.6.6-0":
        print(f"registry.k8s.io/{image}")


def main(argv):
    os.makedirs("/run/kini-standin", mode=0o700, exist_ok=True)
    try:
        options, words = getopt.gnu_getopt(argv, "v:o:", [
            "config=", "skip-phases=", "v=", "skip-token-print", "kubernetes-version=", "ignore-preflight-errors=",
            "version", "upload-certs", "output="])
    except getopt.GetoptError as error:
        raise Failure(str(error)) from error
    options = dict(options)
    config = lambda: Config(options["--config"]) if "--config" in options else missing_config()
    match words:
        case ["version"] if "-o" in options or "--output" in options:
            print(VERSION)
        case ["version"] | [] if words or "--version" in options:
            print(f"kubeadm version: {BANNER}")
        case ["init"]:
            init(config())
        case ["init", "phase", "certs", "apiserver"]:
            certs_apiserver(config())
        case ["join"]:
            join(config())
        case ["config", "images", "list"]:
            list_images(options.get("--kubernetes-version", VERSION))
        case _:
            raise Failure(f"the stand-in does not know: kubeadm {' '.join(argv)}")


def missing_config():
    raise Failure("--config is needed")
