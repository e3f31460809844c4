"""kubectl for the calls that kind makes inside a node, and a plain get."""

import getopt
import json
import os
import re
import sys

import yaml

from . import BANNER, Failure, objects
from .client import ApiError, Client

NODES = objects.by_plural("v1", "nodes")


def place_of(value, fallback):
    """Resource, namespace and path of an object; kinds without a place in the stand-in are kept out."""
    if not isinstance(value, dict) or not value.get("apiVersion") or not value.get("kind"):
        raise Failure("an object has no apiVersion or no kind")
    resource = objects.by_kind(value["apiVersion"], value["kind"])
    if resource is None:
        raise Failure(f'no matches for kind "{value["kind"]}" in version "{value["apiVersion"]}"')
    if not (value.get("metadata") or {}).get("name"):
        raise Failure(f"a {value['kind']} has no name")
    namespace = value["metadata"].get("namespace", fallback) if resource.namespaced else None
    return resource, namespace, objects.path_of(resource, namespace)


def label_of(resource, name):
    group = resource.group_version.rpartition("/")[0]
    return f"{resource.kind.lower()}{'.' + group if group else ''}/{name}"


def send(client, files, namespace, replace):
    values = []
    for name in files:
        try:
            with (sys.stdin if name == "-" else open(name)) as file:
                values += [v for v in yaml.safe_load_all(file) if v]
        except (OSError, yaml.YAMLError) as error:
            raise Failure(f"error parsing {name}: {error}") from error
    if not values:
        raise Failure("no objects passed")
    for value in [item for v in values for item in (v["items"] if v.get("kind") == "List" else [v])]:
        resource, _, path = place_of(value, namespace)
        name = value["metadata"]["name"]
        try:
            client.post(path, value)
            done = "created"
        except ApiError as error:
            if not replace or error.reason != "AlreadyExists":
                raise
            before = client.get(f"{path}/{name}")["metadata"]["resourceVersion"]
            after = client.merge(f"{path}/{name}", value)["metadata"]["resourceVersion"]
            done = "unchanged" if before == after else "configured"
        print(f"{label_of(resource, name)} {done}")


def change_nodes(client, names, everyone, changes, change):
    if not names and not everyone:
        raise Failure("one or more nodes must be named, or --all given")
    for node in client.get(objects.path_of(NODES))["items"]:
        if everyone or node["metadata"]["name"] in names:
            said = change(node, changes)
            client.merge(objects.path_of(NODES, name=node["metadata"]["name"]), {
                "metadata": {"labels": node["metadata"].get("labels")},
                "spec": {"taints": node["spec"].get("taints") or None}})
            for line in said:
                print(line)


def taint(node, changes):
    spec, name = node.setdefault("spec", {}), node["metadata"]["name"]
    for change in changes:
        taints = spec.get("taints") or []
        if change.endswith("-"):
            key, _, effect = change[:-1].partition(":")
            kept = [t for t in taints if t["key"] != key or (effect and t["effect"] != effect)]
            if len(kept) == len(taints):
                raise Failure(f'taint "{change[:-1]}" not found')
            done = "untainted"
        else:
            pair, _, effect = change.rpartition(":")
            key, _, value = pair.partition("=")
            kept = [t for t in taints if (t["key"], t["effect"]) != (key, effect)]
            kept.append({"key": key, "effect": effect} | ({"value": value} if value else {}))
            done = "tainted"
        spec["taints"] = kept
    return [f"node/{name} {done}"]


def label(node, changes):
    meta, said = node["metadata"], "not labeled"
    for change in changes:
        if change.endswith("-"):
            key = change[:-1]
            if key in meta.get("labels", {}):
                # a null removes the key when it is merged
                meta["labels"][key], said = None, "unlabeled"
            else:
                print(f'label "{key}" not found.')
        else:
            key, _, value = change.partition("=")
            meta.setdefault("labels", {})[key], said = value, "labeled"
    return [f"node/{meta['name']} {said}"]


def walk(values, path):
    """The values that a JSONPath without filters leads to."""
    for step in re.findall(r"\.\.\w+|\.\*|\.[\w\\./-]+?(?=[.\[]|$)|\[[^\]]*\]", path):
        found = []
        for value in values:
            if step.startswith(".."):
                found += deep(value, step[2:])
            elif step in (".*", "[*]"):
                found += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
            elif step.startswith("."):
                if isinstance(value, dict) and step[1:] in value:
                    found.append(value[step[1:]])
            elif isinstance(value, list):
                start, colon, end = step[1:-1].partition(":")
                part = slice(int(start) if start else None, int(end) if end else None)
                found += value[part] if colon else value[int(start):][:1]
        values = found
    return values


def deep(value, key):
    if isinstance(value, dict):
        found = [value[key]] if key in value else []
        return found + [hit for child in value.values() for hit in deep(child, key)]
    if isinstance(value, list):
        return [hit for child in value for hit in deep(child, key)]
    return []


def json_path(template, value):
    """Text outside of braces stands as it is."""
    show = lambda v: v if isinstance(v, str) else json.dumps(v)
    return re.sub(r"\{([^}]*)\}", lambda m: " ".join(show(v) for v in walk([value], m[1].lstrip("$"))), template)


def get(client, words, namespace, everywhere, selector, output):
    resource = objects.by_word(words[0])
    if resource is None:
        raise Failure(f'the server doesn\'t have a resource type "{words[0]}"')
    path = objects.path_of(resource, None if everywhere else namespace)
    if len(words) > 1:
        items = [client.get(f"{path}/{name}") for name in words[1:]]
    else:
        items = client.get(path)["items"]
    items = [i for i in items if objects.labels_match(i["metadata"].get("labels", {}), selector)]
    whole = items[0] if len(words) == 2 else {"apiVersion": "v1", "kind": "List", "items": items}
    if output.startswith("jsonpath="):
        sys.stdout.write(json_path(output.removeprefix("jsonpath="), whole))
    elif output == "json":
        print(json.dumps(whole, indent=4))
    elif output == "yaml":
        print(yaml.safe_dump(whole), end="")
    elif output == "name":
        for item in items:
            print(label_of(resource, item["metadata"]["name"]))
    elif not items:
        print("No resources found", file=sys.stderr)
    else:
        names, usual, rows = objects.table_of(resource, items)
        width = len(names) if output == "wide" else usual
        rows = [[n.upper() for n in names[:width]], *[row[:width] for row in rows]]
        sizes = [max(map(len, column)) for column in zip(*rows)]
        for row in rows:
            print("   ".join(cell.ljust(size) for cell, size in zip(row, sizes)).rstrip())


def main(argv):
    try:
        options, words = getopt.gnu_getopt(argv, "f:n:o:l:A", [
            "kubeconfig=", "filename=", "namespace=", "output=", "selector=", "all", "all-namespaces", "client",
            "overwrite", "raw=", "version"])
    except getopt.GetoptError as error:
        raise Failure(str(error)) from error
    # A short flag's value may follow an equals sign: -o=json
    options = [(name, value if name.startswith("--") else value.removeprefix("=")) for name, value in options]
    files = [value for name, value in options if name in ("-f", "--filename")]
    options = dict(options)
    either = lambda short, long, default="": options.get(short, options.get(long, default))
    if words[:1] == ["version"] or "--version" in options:
        print(f"Client Version: {BANNER}")
        return
    path = options.get("--kubeconfig") or os.environ.get("KUBECONFIG") or os.path.expanduser("~/.kube/config")
    try:
        client = Client.from_kubeconfig(path)
    except (OSError, KeyError, TypeError, StopIteration, yaml.YAMLError) as error:
        raise Failure(f"cannot use the kubeconfig {path}: {error}") from error
    namespace = either("-n", "--namespace", "default")
    match words:
        case ["create" | "apply"]:
            send(client, files, namespace, replace=words[0] == "apply")
        case ["taint" | "label", "node" | "nodes", *rest]:
            changes = [w for w in rest if "=" in w or w.endswith("-")]
            names = [w for w in rest if w not in changes]
            change_nodes(client, names, "--all" in options, changes, taint if words[0] == "taint" else label)
        case ["get"] if "--raw" in options:
            sys.stdout.write(client.raw("GET", options["--raw"])[2].decode())
        case ["get", *rest] if rest:
            everywhere = "-A" in options or "--all-namespaces" in options
            get(client, rest, namespace, everywhere, either("-l", "--selector"), either("-o", "--output"))
        case ["delete", kind, *names] if names and objects.by_word(kind):
            for name in names:
                resource = objects.by_word(kind)
                client.request("DELETE", objects.path_of(resource, namespace, name))
                print(f"{label_of(resource, name)} deleted")
        case _:
            raise Failure(f"the stand-in does not know: kubectl {' '.join(argv)}")
