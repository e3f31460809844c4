"""Keys and certificates, made by openssl."""

import base64
import ipaddress
import os
import subprocess

from . import Failure

PKI = "/etc/kubernetes/pki"


def openssl(*args, stdin=None):
    done = subprocess.run(["openssl", *args], input=stdin, capture_output=True)
    if done.returncode != 0:
        raise Failure(f"openssl {args[0]}: {done.stderr.decode().strip()}")
    return done.stdout


def make_key(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-out", path)
    os.chmod(path, 0o600)


def make_authority(name, common_name):
    """A CA at PKI/name.{crt,key}; one that is there already is kept."""
    path = f"{PKI}/{name}"
    if os.path.exists(f"{path}.crt") and os.path.exists(f"{path}.key"):
        return
    make_key(f"{path}.key")
    openssl("req", "-x509", "-new", "-key", f"{path}.key", "-out", f"{path}.crt", "-days", "3650",
            "-subj", f"/CN={common_name}",
            "-addext", "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign")


def issue(path, authority, common_name, groups=(), names=(), server=False):
    """A key and a certificate at path.{crt,key}, signed by the CA at PKI/authority."""
    make_key(f"{path}.key")
    subject = "".join(f"/O={group}" for group in groups) + f"/CN={common_name}"
    args = ["req", "-x509", "-new", "-key", f"{path}.key", "-out", f"{path}.crt", "-days", "365",
            "-CA", f"{PKI}/{authority}.crt", "-CAkey", f"{PKI}/{authority}.key", "-subj", subject,
            *extensions(server)]
    if names:
        args += ["-addext", "subjectAltName=" + ",".join(alternative_name(name) for name in names)]
    openssl(*args)


def sign(request, authority="ca"):
    """The certificate (PEM) for a client's signing request (PEM)."""
    return openssl("x509", "-req", "-days", "365", "-CA", f"{PKI}/{authority}.crt",
                   "-CAkey", f"{PKI}/{authority}.key", "-extfile", "/usr/lib/kini-standin/client.cnf",
                   stdin=request)


def signing_request(key, common_name, groups):
    subject = "".join(f"/O={group}" for group in groups) + f"/CN={common_name}"
    return openssl("req", "-new", "-key", key, "-subj", subject)


def extensions(server):
    return ["-addext", "basicConstraints=critical,CA:FALSE",
            "-addext", "keyUsage=critical,digitalSignature,keyEncipherment",
            "-addext", "extendedKeyUsage=" + ("serverAuth" if server else "clientAuth")]


def alternative_name(name):
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def encoded(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()
