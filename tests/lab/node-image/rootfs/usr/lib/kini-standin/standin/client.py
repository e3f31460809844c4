"""A client of the API server, and the kubeconfig files it is made from."""

import base64
import http.client
import json
import os
import ssl
import time
import urllib.parse

import yaml

from . import Failure


class ApiError(Failure):
    def __init__(self, code, status):
        message = status.get("message") if isinstance(status, dict) else str(status)
        super().__init__(message or f"the API server answered {code}")
        self.code = code
        self.reason = status.get("reason") if isinstance(status, dict) else None


class Client:
    """Speaks to one server; authority, certificate and key are PEM bytes.

    A load balancer may hand a connection to a control plane that isn't there: as Kubernetes' own clients do, it tries
    again, up to `tries` times, and only to connect, so that nothing is asked twice.
    """

    def __init__(self, server, authority=None, certificate=None, key=None, token=None, timeout=10, tries=1):
        url = urllib.parse.urlsplit(server)
        self.host, self.port = url.hostname, url.port or 443
        self.token, self.timeout, self.tries = token, timeout, tries
        self.server_address = None
        if authority:
            self.tls = ssl.create_default_context(cadata=authority.decode())
        else:
            self.tls = ssl.create_default_context()
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        if certificate:
            with in_memory(certificate) as crt, in_memory(key) as pem:
                self.tls.load_cert_chain(f"/proc/self/fd/{crt.fileno()}", f"/proc/self/fd/{pem.fileno()}")

    @classmethod
    def from_kubeconfig(cls, path, **options):
        with open(path) as file:
            config = yaml.safe_load(file)
        named = lambda key, kind, name: next(e[kind] for e in config[key] if e["name"] == name)
        context = named("contexts", "context", config["current-context"])
        cluster = named("clusters", "cluster", context["cluster"])
        user = named("users", "user", context["user"])
        return cls(cluster["server"], material(cluster, "certificate-authority"),
                   material(user, "client-certificate"), material(user, "client-key"),
                   user.get("token"), tries=10, **options)

    def connect(self):
        for left in reversed(range(self.tries)):
            connection = http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=self.tls)
            try:
                connection.connect()
                return connection
            except OSError:
                connection.close()
                if not left:
                    raise
                time.sleep(0.1)

    def raw(self, method, path, body=None, headers=None):
        """Status, content type and bytes of one request."""
        connection = self.connect()
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        finally:
            connection.close()

    def request(self, method, path, body=None, kind="application/json"):
        try:
            status, _, data = self.raw(method, path, None if body is None else json.dumps(body),
                                       {"Content-Type": kind, "Accept": "application/json"})
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"{method} https://{self.host}:{self.port}{path}: {error}") from error
        try:
            value = json.loads(data)
        except ValueError:
            value = data.decode(errors="replace")
        if status >= 400:
            raise ApiError(status, value)
        return value

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body):
        return self.request("POST", path, body)

    def merge(self, path, body):
        return self.request("PATCH", path, body, "application/merge-patch+json")


def in_memory(data):
    file = os.fdopen(os.memfd_create("pem"), "w+b", buffering=0)
    file.write(data)
    return file


def material(section, name):
    if f"{name}-data" in section:
        return base64.b64decode(section[f"{name}-data"])
    if name in section:
        with open(section[name], "rb") as file:
            return file.read()
    return None


def write_kubeconfig(path, server, cluster, user, identity):
    """One cluster, one user, one context; identity are the user's fields."""
    from .pki import PKI, encoded
    config = {
        "apiVersion": "v1", "kind": "Config", "preferences": {},
        "clusters": [{"name": cluster, "cluster": {
            "certificate-authority-data": encoded(f"{PKI}/ca.crt"), "server": server}}],
        "users": [{"name": user, "user": identity}],
        "contexts": [{"name": f"{user}@{cluster}", "context": {"cluster": cluster, "user": user}}],
        "current-context": f"{user}@{cluster}",
    }
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        yaml.safe_dump(config, file)
