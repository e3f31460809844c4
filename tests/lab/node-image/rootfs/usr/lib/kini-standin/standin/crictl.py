"""crictl's view of images, taken from containerd by ctr. There are no pods and no containers to show."""

import json
import platform
import subprocess
import sys

from . import BANNER, Failure

CTR = ["ctr", "--namespace=k8s.io"]
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def ctr(*args):
    done = subprocess.run([*CTR, *args], capture_output=True)
    if done.returncode != 0:
        raise Failure(done.stderr.decode().strip())
    return done.stdout


def content(digest):
    return json.loads(ctr("content", "get", digest))


def config_of(digest):
    """ID (digest of the configuration) and size of an image, for this machine's platform; None if incomplete."""
    try:
        manifest = content(digest)
        if "manifests" in manifest:
            fitting = [m for m in manifest["manifests"]
                       if (m.get("platform") or {}).get("architecture", ARCHITECTURE) == ARCHITECTURE]
            manifest = content(fitting[0]["digest"])
        layers = [manifest["config"], *manifest.get("layers", [])]
        return manifest["config"]["digest"], sum(layer.get("size", 0) for layer in layers)
    except (Failure, IndexError, KeyError, ValueError):
        return None


def images():
    """Image ID to names, digests and size."""
    found, seen = {}, {}
    for line in ctr("images", "list").decode().splitlines()[1:]:
        name, _, digest = line.split()[:3]
        if digest not in seen:
            seen[digest] = config_of(digest)
        if seen[digest] is None:
            continue
        identifier, size = seen[digest]
        image = found.setdefault(identifier, {
            "id": identifier, "repoTags": [], "repoDigests": [], "size": str(size), "pinned": False})
        if "@" in name:
            image["repoDigests"].append(name)
        elif not name.startswith("sha256:"):
            image["repoTags"].append(name)
    return found


def normalised(name):
    first, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif not any(c in first for c in ".:") and first != "localhost":
        name = f"docker.io/{name}"
    return name if ":" in name.rpartition("/")[2] or "@" in name else f"{name}:latest"


def find(reference):
    for image in images().values():
        bare = image["id"].removeprefix("sha256:")
        if (normalised(reference) in image["repoTags"] + image["repoDigests"]
                or (len(reference) > 6 and bare.startswith(reference.removeprefix("sha256:")))):
            return image
    raise Failure(f'no such image "{reference}" present')


def list_images():
    rows = [["IMAGE", "TAG", "IMAGE ID", "SIZE"]]
    for image in images().values():
        for tag in image["repoTags"] or ["<none>:<none>"]:
            name, _, version = tag.rpartition(":")
            size = int(image["size"])
            shown = f"{size / 1e6:.3g}MB" if size >= 1e6 else f"{size / 1e3:.3g}kB"
            rows.append([name, version, image["id"].removeprefix("sha256:")[:13], shown])
    return rows


def main(argv):
    words = [word for word in argv if not word.startswith("-")]
    match words:
        case [] | ["version"]:
            print(f"crictl {BANNER}")
        case ["inspecti", reference]:
            print(json.dumps({"status": find(reference), "info": {}}, indent=2))
        case ["images" | "image" | "img"] | ["images", "list"]:
            rows = list_images()
            sizes = [max(map(len, column)) for column in zip(*rows)]
            for row in rows:
                print("   ".join(cell.ljust(size) for cell, size in zip(row, sizes)).rstrip())
        case ["rmi", reference]:
            image = find(reference)
            for name in image["repoTags"] + image["repoDigests"] + [image["id"]]:
                subprocess.run([*CTR, "images", "rm", name], capture_output=True)
            print(f"Deleted: {reference}")
        case ["ps"]:
            print("CONTAINER   IMAGE   CREATED   STATE   NAME   ATTEMPT   POD ID   POD   NAMESPACE")
        case ["pods"]:
            print("POD ID   CREATED   STATE   NAME   NAMESPACE   ATTEMPT   RUNTIME")
        case ["info"]:
            sys.stdout.write('{"status": {"conditions": [{"type": "RuntimeReady", "status": true}]}}\n')
        case _:
            raise Failure(f"the stand-in does not know: crictl {' '.join(argv)}")
