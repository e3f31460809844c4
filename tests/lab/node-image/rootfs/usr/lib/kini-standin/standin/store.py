"""The objects of a cluster: kept in memory, written to one file after each change."""

import copy
import json
import os
import threading
import uuid

from .objects import by_plural, now

STATE = "/var/lib/kini-standin/state.json"


class Store:
    def __init__(self):
        self.changed = threading.Condition()
        self.objects = {}
        self.version = 1
        self.events = []
        if os.path.exists(STATE):
            with open(STATE) as file:
                state = json.load(file)
            self.version = state["version"]
            self.objects = {tuple(key): value for key, value in state["objects"]}

    def save(self):
        os.makedirs(os.path.dirname(STATE), exist_ok=True)
        with open(f"{STATE}.new", "w") as file:
            json.dump(self.dump(), file)
        os.replace(f"{STATE}.new", STATE)

    def dump(self):
        with self.changed:
            return {"version": self.version, "objects": [[list(k), v] for k, v in self.objects.items()]}

    @staticmethod
    def key(resource, namespace, name):
        return (resource.group_version, resource.plural, namespace or "", name)

    def get(self, resource, namespace, name):
        with self.changed:
            return copy.deepcopy(self.objects.get(self.key(resource, namespace, name)))

    def list(self, resource, namespace):
        with self.changed:
            found = [copy.deepcopy(value) for (gv, plural, ns, _), value in sorted(self.objects.items())
                     if (gv, plural) == (resource.group_version, resource.plural)
                     and (not namespace or ns == namespace)]
            return found, self.version

    def put(self, resource, namespace, value):
        """Creates or replaces an object and returns it as stored."""
        value = copy.deepcopy(value)
        meta = value.setdefault("metadata", {})
        if "name" not in meta and "generateName" in meta:
            meta["name"] = meta["generateName"] + uuid.uuid4().hex[:5]
        value["apiVersion"], value["kind"] = resource.group_version, resource.kind
        if resource.namespaced:
            meta["namespace"] = namespace
        with self.changed:
            key = self.key(resource, namespace if resource.namespaced else "", meta["name"])
            old = self.objects.get(key)
            for field, first in ("uid", str(uuid.uuid4())), ("creationTimestamp", now()):
                meta[field] = old["metadata"][field] if old else first
            if old:
                meta["resourceVersion"] = old["metadata"]["resourceVersion"]
                if old == value:
                    return value
            self.version += 1
            meta["resourceVersion"] = str(self.version)
            self.objects[key] = value
            self.tell("MODIFIED" if old else "ADDED", key, value)
            self.save()
            return copy.deepcopy(value)

    def delete(self, resource, namespace, name):
        with self.changed:
            key = self.key(resource, namespace, name)
            value = self.objects.pop(key, None)
            if value is not None:
                self.version += 1
                value["metadata"]["resourceVersion"] = str(self.version)
                self.tell("DELETED", key, value)
                self.save()
            return value

    def replace_all(self, state):
        """Takes over what another API server has."""
        new = {tuple(key): value for key, value in state["objects"]}
        with self.changed:
            if state["version"] == self.version and new == self.objects:
                return
            old, self.objects, self.version = self.objects, new, state["version"]
            for key, value in new.items():
                if old.get(key) != value:
                    self.tell("MODIFIED" if key in old else "ADDED", key, value)
            for key in old.keys() - new.keys():
                self.tell("DELETED", key, old[key])
            self.save()

    def tell(self, kind, key, value):
        self.events.append((self.version, kind, key, copy.deepcopy(value)))
        del self.events[:-1000]
        self.changed.notify_all()

    def wait(self, version, timeout):
        """Events after a version, once there are some."""
        with self.changed:
            fresh = lambda: [e for e in self.events if e[0] > version]
            self.changed.wait_for(lambda: self.version > version, timeout)
            return fresh(), self.version

    def ensure(self, group_version, plural, name, namespace=None, **fields):
        resource = by_plural(group_version, plural)
        if self.get(resource, namespace, name) is None:
            self.put(resource, namespace, {"metadata": {"name": name}, **fields})
