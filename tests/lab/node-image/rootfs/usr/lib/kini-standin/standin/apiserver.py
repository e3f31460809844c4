"""The API server stand-in: objects over HTTPS, as far as kubectl, kubeadm and kubelet here ask."""

import argparse
import base64
import hmac
import http.client
import http.server
import json
import socket
import ssl
import sys
import threading
import time
import urllib.parse

from . import VERSION, Failure, objects, pki
from .client import Client
from .store import Store

OPEN_TO_ALL = ("/healthz", "/livez", "/readyz", "/version")
CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info"
STATE_PATH = "/kini-standin/state"
# Set while the first control plane does not answer.
LEADER_AWAY = threading.Event()
# What "kubectl get all" asks for.
IN_ALL = ("Pod", "Service", "Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "Job")
# A node whose kubelet has been silent this long is no longer ready.
SILENCE = 20


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, tls):
        self.tls = tls
        try:
            super().__init__(("::", port), Handler)
        except OSError:
            # no IPv6 in this network namespace
            self.address_family = socket.AF_INET
            super().__init__(("0.0.0.0", port), Handler)

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def finish_request(self, request, client_address):
        # The handshake belongs to the connection's thread: one slow peer holds up nobody.
        request.settimeout(30)
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with self.tls.wrap_socket(request, server_side=True) as secure:
                secure.settimeout(None)
                super().finish_request(secure, client_address)
        except (OSError, ssl.SSLError):
            pass

    def shutdown_request(self, request):
        try:
            super().shutdown_request(request)
        except OSError:
            pass


class Refusal(Exception):
    def __init__(self, code, reason, message):
        super().__init__(message)
        self.code, self.reason = code, reason


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "kini-standin", ""

    def do_GET(self):
        self.answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *args):
        pass

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length) if length else b""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            self.body = self.read_chunks()
        try:
            self.dispatch(url.path.rstrip("/") or "/")
        except Refusal as refusal:
            self.send_json(refusal.code, {
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": str(refusal), "reason": refusal.reason, "code": refusal.code})
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def read_chunks(self):
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def send(self, code, data, kind):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def send_json(self, code, value):
        self.send(code, json.dumps(value).encode(), "application/json")

    def caller(self):
        """Name and groups of who asks: by client certificate or bootstrap token."""
        certificate = self.connection.getpeercert()
        if certificate:
            subject = [pair for part in certificate["subject"] for pair in part]
            name = next((v for k, v in subject if k == "commonName"), "")
            return name, [v for k, v in subject if k == "organizationName"]
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            if any(hmac.compare_digest(token, known) for known in tokens()):
                return "system:bootstrap", ["system:bootstrappers"]
            raise Refusal(401, "Unauthorized", "Unauthorized")
        return "system:anonymous", []

    def authorize(self, path):
        if path in OPEN_TO_ALL or (path == CLUSTER_INFO and self.command == "GET"):
            return
        name, groups = self.caller()
        if {"system:masters", "kubeadm:cluster-admins", "system:nodes"} & set(groups):
            return
        if "system:bootstrappers" in groups and (
                path.startswith("/apis/certificates.k8s.io/") or self.command == "GET"):
            return
        raise Refusal(403, "Forbidden", f'forbidden: User "{name}" cannot {self.command.lower()} path "{path}"')

    def dispatch(self, path):
        self.authorize(path)
        if path in ("/healthz", "/livez", "/readyz"):
            return self.send(200, b"ok", "text/plain; charset=utf-8")
        if path == "/version":
            major, minor = VERSION.lstrip("v").split(".")[:2]
            return self.send_json(200, {"major": major, "minor": minor, "gitVersion": VERSION,
                                        "gitCommit": "", "gitTreeState": "", "buildDate": "1970-01-01T00:00:00Z",
                                        "goVersion": "", "compiler": "kini stand-in", "platform": "linux"})
        if path == STATE_PATH:
            STORE.wait(int(self.query.get("after", 0)), 2)
            return self.send_json(200, STORE.dump())
        if (found := discovery(path)) is not None:
            return self.send_json(200, found)
        resource, namespace, name = self.locate(path)
        watch = self.query.get("watch") in ("1", "true")
        if LEADER and not watch and self.pass_to_leader():
            return None
        if LEADER and self.command != "GET":
            raise Refusal(503, "ServiceUnavailable", f"the first control plane ({LEADER.host}) cannot be reached")
        if watch:
            return self.watch(resource, namespace, name)
        return getattr(self, "on_" + self.command.lower())(resource, namespace, name)

    def locate(self, path):
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "v1"]:
            group_version, rest = "v1", parts[2:]
        elif parts[0] == "apis" and len(parts) > 3:
            group_version, rest = "/".join(parts[1:3]), parts[3:]
        else:
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        namespace = ""
        if rest[:1] == ["namespaces"] and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        resource = objects.by_plural(group_version, rest[0]) if rest else None
        if resource is None or len(rest) > 3 or (len(rest) == 3 and rest[2] not in ("status", "finalize")):
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        return resource, namespace, rest[1] if len(rest) > 1 else ""

    def pass_to_leader(self):
        headers = {k: self.headers[k] for k in ("Content-Type", "Accept") if k in self.headers}
        if LEADER_AWAY.is_set():
            return False
        try:
            code, kind, data = LEADER.raw(self.command, self.path, self.body or None, headers)
        except (OSError, http.client.HTTPException):
            LEADER_AWAY.set()
            return False
        self.send(code, data, kind)
        return True

    def existing(self, resource, namespace, name):
        found = STORE.get(resource, namespace, name)
        if found is None:
            group = resource.group_version.rpartition("/")[0]
            raise Refusal(404, "NotFound", f'{resource.plural}{"." + group if group else ""} "{name}" not found')
        return found

    def parsed_body(self):
        try:
            return json.loads(self.body)
        except ValueError:
            pass
        try:
            import yaml
            return yaml.safe_load(self.body)
        except (yaml.YAMLError, UnicodeDecodeError):
            raise Refusal(415, "UnsupportedMediaType", "the stand-in reads JSON and YAML alone") from None

    def reply(self, code, resource, value):
        if "as=Table" in self.headers.get("Accept", ""):
            value = as_table(resource, value.get("items", [value]), value["metadata"])
        self.send_json(code, value)

    def matches(self, value, namespace, name):
        meta = value["metadata"]
        return ((not namespace or meta.get("namespace") == namespace) and (not name or meta["name"] == name)
                and objects.labels_match(meta.get("labels", {}), self.query.get("labelSelector", ""))
                and objects.fields_match(value, self.query.get("fieldSelector", "")))

    def on_get(self, resource, namespace, name):
        if name:
            return self.reply(200, resource, self.existing(resource, namespace, name))
        items, version = STORE.list(resource, namespace)
        return self.reply(200, resource, {
            "kind": resource.kind + "List", "apiVersion": resource.group_version,
            "metadata": {"resourceVersion": str(version)},
            "items": [item for item in items if self.matches(item, namespace, "")]})

    def on_post(self, resource, namespace, name):
        value = self.parsed_body()
        meta = value.get("metadata", {})
        if not meta.get("name") and not meta.get("generateName"):
            raise Refusal(422, "Invalid", "metadata.name: Required value")
        if STORE.get(resource, namespace, meta.get("name", "")) is not None:
            raise Refusal(409, "AlreadyExists", f'{resource.plural} "{meta["name"]}" already exists')
        if resource.kind == "CertificateSigningRequest":
            request = base64.b64decode(value["spec"]["request"])
            value["status"] = {"certificate": base64.b64encode(pki.sign(request)).decode(),
                               "conditions": [{"type": "Approved", "status": "True", "reason": "StandIn"}]}
        return self.reply(201, resource, STORE.put(resource, namespace, value))

    def on_put(self, resource, namespace, name):
        self.existing(resource, namespace, name)
        return self.reply(200, resource, STORE.put(resource, namespace, self.parsed_body()))

    def on_patch(self, resource, namespace, name):
        kind, patch = self.headers.get("Content-Type", ""), self.parsed_body()
        with STORE.changed:
            if "apply-patch" in kind:
                old = STORE.get(resource, namespace, name) or {"metadata": {"name": name}}
            else:
                old = self.existing(resource, namespace, name)
            try:
                apply = objects.json_patch if "json-patch" in kind else objects.merge_patch
                new = apply(old, patch)
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise Refusal(422, "Invalid", f"the patch does not apply: {error}") from error
            stored = STORE.put(resource, namespace, new)
        return self.reply(200, resource, stored)

    def on_delete(self, resource, namespace, name):
        if not name:
            raise Refusal(405, "MethodNotAllowed", "the stand-in deletes one object at a time")
        self.existing(resource, namespace, name)
        STORE.delete(resource, namespace, name)
        return self.send_json(200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})

    def watch(self, resource, namespace, name):
        version = int(self.query.get("resourceVersion") or 0)
        end = time.monotonic() + float(self.query.get("timeoutSeconds") or 1800)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if version == 0:
            items, version = STORE.list(resource, namespace)
            for item in items:
                if self.matches(item, namespace, name):
                    self.send_event(resource, "ADDED", item)
        while time.monotonic() < end:
            events, version = STORE.wait(version, 30)
            for _, kind, key, value in events:
                if key[:2] == (resource.group_version, resource.plural) and self.matches(value, namespace, name):
                    self.send_event(resource, kind, value)
        self.wfile.write(b"0\r\n\r\n")

    def send_event(self, resource, kind, value):
        if "as=Table" in self.headers.get("Accept", ""):
            value = as_table(resource, [value], value["metadata"])
        line = json.dumps({"type": kind, "object": value}).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))


def as_table(resource, items, meta):
    names, usual, rows = objects.table_of(resource, items)
    return {
        "kind": "Table", "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": meta.get("resourceVersion", "")},
        "columnDefinitions": [
            {"name": name, "type": "string", "format": "name" if name == "Name" else "", "description": "",
             "priority": 0 if number < usual else 1} for number, name in enumerate(names)],
        "rows": [{"cells": cells, "object": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                                             "metadata": item["metadata"]}}
                 for cells, item in zip(rows, items)]}


def discovery(path):
    groups = sorted({r.group_version for r in objects.RESOURCES if "/" in r.group_version})
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": gv.split("/")[0], "versions": [{"groupVersion": gv, "version": gv.split("/")[1]}],
             "preferredVersion": {"groupVersion": gv, "version": gv.split("/")[1]}} for gv in groups]}
    for gv in ["v1", *groups]:
        if path == objects.root_of(gv):
            return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": gv, "resources": [
                {"name": r.plural, "singularName": r.kind.lower(), "kind": r.kind, "namespaced": r.namespaced,
                 "shortNames": r.short, "categories": ["all"] if r.kind in IN_ALL else [], "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"]}
                for r in objects.RESOURCES if r.group_version == gv]}
        if path == f"/openapi/v3{objects.root_of(gv)}":
            return validation_of(gv)
    if path == "/openapi/v3":
        return {"paths": {objects.root_of(gv)[1:]: {"serverRelativeURL": f"/openapi/v3{objects.root_of(gv)}"}
                          for gv in ["v1", *groups]}}
    return None


def validation_of(group_version):
    """As much of an OpenAPI document as tells kubectl to leave validation to the server, which does none."""
    group, _, version = group_version.rpartition("/")
    return {"openapi": "3.0.0", "info": {"title": "kini stand-in", "version": VERSION}, "paths": {
        objects.path_of(r, "{namespace}", "{name}"): {"patch": {
            "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
            "responses": {}, "x-kubernetes-action": "patch",
            "x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": r.kind}}}
        for r in objects.RESOURCES if r.group_version == group_version}}


def tokens():
    secrets, _ = STORE.list(objects.by_plural("v1", "secrets"), "kube-system")
    return [f'{s["stringData"]["token-id"]}.{s["stringData"]["token-secret"]}' for s in secrets
            if s.get("type") == "bootstrap.kubernetes.io/token"]


def follow_leader():
    while True:
        try:
            # Answered as soon as something changes.
            code, _, data = LEADER.raw("GET", f"{STATE_PATH}?after={STORE.version}")
            if code == 200:
                STORE.replace_all(json.loads(data))
            LEADER_AWAY.clear()
            time.sleep(0.2)
        except (OSError, ValueError, http.client.HTTPException):
            LEADER_AWAY.set()
            time.sleep(1)


def mark_silent_nodes():
    nodes = objects.by_plural("v1", "nodes")
    while True:
        time.sleep(5)
        with STORE.changed:
            for node in STORE.list(nodes, "")[0]:
                for condition in node.get("status", {}).get("conditions", []):
                    if (condition["status"] != "Unknown"
                            and objects.seconds_since(condition["lastHeartbeatTime"]) > SILENCE):
                        condition.update(status="Unknown", reason="KubeletSilent",
                                         message="nothing was heard from the kubelet for a while",
                                         lastTransitionTime=objects.now())
                STORE.put(nodes, "", node)


def main():
    global STORE, LEADER
    parser = argparse.ArgumentParser(prog="kube-apiserver", description=f"API server {VERSION}, a kini stand-in")
    parser.add_argument("--advertise-address", required=True)
    parser.add_argument("--secure-port", type=int, default=6443)
    parser.add_argument("--tls-cert-file", required=True)
    parser.add_argument("--tls-private-key-file", required=True)
    parser.add_argument("--client-ca-file", required=True)
    parser.add_argument("--standin-leader", help="URL of the API server that has the objects")
    options = parser.parse_args()

    address = options.advertise_address
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.bind((address, 0))
    except OSError as error:
        raise Failure(f"--advertise-address={address} is no address of this node: {error}") from error

    STORE, LEADER = Store(), None
    if options.standin_leader:
        read = lambda path: open(path, "rb").read()
        LEADER = Client(options.standin_leader, read(options.client_ca_file),
                        read(f"{pki.PKI}/apiserver-kubelet-client.crt"),
                        read(f"{pki.PKI}/apiserver-kubelet-client.key"), timeout=3)
    else:
        for namespace in "default", "kube-system", "kube-public", "kube-node-lease":
            STORE.ensure("v1", "namespaces", namespace, status={"phase": "Active"})
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options.tls_cert_file, options.tls_private_key_file)
    tls.load_verify_locations(options.client_ca_file)
    tls.verify_mode = ssl.CERT_OPTIONAL
    server = Server(options.secure_port, tls)
    threading.Thread(target=follow_leader if LEADER else mark_silent_nodes, daemon=True).start()
    print(f"kube-apiserver {VERSION} stand-in: serving on {server.server_address}", file=sys.stderr, flush=True)
    server.serve_forever()
