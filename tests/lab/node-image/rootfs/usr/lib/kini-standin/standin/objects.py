"""The kinds of objects, and where each has its place below the API's root."""

import time
from collections import namedtuple

Resource = namedtuple("Resource", "group_version plural kind namespaced short")

_TABLE = """
v1 nodes Node no no
v1 namespaces Namespace no ns
v1 pods Pod yes po
v1 services Service yes svc
v1 configmaps ConfigMap yes cm
v1 secrets Secret yes -
v1 serviceaccounts ServiceAccount yes sa
v1 events Event yes ev
v1 persistentvolumes PersistentVolume no pv
v1 persistentvolumeclaims PersistentVolumeClaim yes pvc
apps/v1 deployments Deployment yes deploy
apps/v1 daemonsets DaemonSet yes ds
apps/v1 replicasets ReplicaSet yes rs
apps/v1 statefulsets StatefulSet yes sts
batch/v1 jobs Job yes -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole no -
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding no -
rbac.authorization.k8s.io/v1 roles Role yes -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding yes -
storage.k8s.io/v1 storageclasses StorageClass no sc
coordination.k8s.io/v1 leases Lease yes -
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest no csr
"""
RESOURCES = [Resource(gv, plural, kind, namespaced == "yes", [] if short == "-" else [short])
             for gv, plural, kind, namespaced, short in map(str.split, _TABLE.strip().splitlines())]


def by_plural(group_version, plural):
    return next((r for r in RESOURCES if (r.group_version, r.plural) == (group_version, plural)), None)


def by_kind(group_version, kind):
    return next((r for r in RESOURCES if (r.group_version, r.kind) == (group_version, kind)), None)


def by_word(word):
    """What a user types: nodes, node or no."""
    return next((r for r in RESOURCES if word.lower() in (r.plural, r.kind.lower(), *r.short)), None)


def root_of(group_version):
    return f"/apis/{group_version}" if "/" in group_version else f"/api/{group_version}"


def path_of(resource, namespace=None, name=None):
    path = root_of(resource.group_version)
    if resource.namespaced and namespace:
        path += f"/namespaces/{namespace}"
    path += f"/{resource.plural}"
    return f"{path}/{name}" if name else path


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def seconds_since(stamp):
    import calendar
    return time.time() - calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ"))


def age(stamp):
    seconds = max(0, int(seconds_since(stamp)))
    for unit, size in ("d", 86400), ("h", 3600), ("m", 60):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def merge_patch(target, patch):
    """RFC 7386, and of strategic patches what taints and labels need."""
    if not isinstance(patch, dict):
        if isinstance(patch, list):
            return [e for e in patch if not (isinstance(e, dict) and e.get("$patch"))]
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def json_patch(target, steps):
    """add, replace, remove and test of RFC 6902."""
    import copy
    result = copy.deepcopy(target)
    for step in steps:
        *parents, last = [p.replace("~1", "/").replace("~0", "~") for p in step["path"].split("/")[1:]]
        place = result
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place[parent]
        if isinstance(place, list):
            last = len(place) if last == "-" else int(last)
        match step["op"]:
            case "add" if isinstance(place, list):
                place.insert(last, step["value"])
            case "add" | "replace":
                place[last] = step["value"]
            case "remove":
                del place[last]
            case "test":
                if place[last] != step["value"]:
                    raise ValueError(f"test of {step['path']} failed")
            case other:
                raise ValueError(f"no such operation: {other}")
    return result


def labels_match(labels, selector):
    """key, !key, key=value, key!=value and key in (a,b)."""
    import re
    for part in re.findall(r"[^,(]+(?:\([^)]*\))?", selector):
        part = part.strip()
        if found := re.fullmatch(r"(\S+)\s+(in|notin)\s+\(([^)]*)\)", part):
            key, how, values = found.groups()
            inside = labels.get(key) in [v.strip() for v in values.split(",")]
            if inside != (how == "in"):
                return False
        elif "!=" in part:
            key, value = part.split("!=")
            if labels.get(key) == value:
                return False
        elif "=" in part:
            key, value = part.replace("==", "=").split("=")
            if labels.get(key) != value:
                return False
        elif part.startswith("!"):
            if part[1:] in labels:
                return False
        elif part and part not in labels:
            return False
    return True


def fields_match(value, selector):
    for part in filter(None, selector.split(",")):
        path, _, want = part.replace("==", "=").partition("=")
        unequal = path.endswith("!")
        found = value
        for step in path.rstrip("!").split("."):
            found = found.get(step, "") if isinstance(found, dict) else ""
        if (found == want) == unequal:
            return False
    return True


def node_row(node):
    """Cells of one line of kubectl get nodes: the usual ones and those of -o wide."""
    meta, status = node["metadata"], node.get("status", {})
    ready = next((c["status"] for c in status.get("conditions", []) if c["type"] == "Ready"), "Unknown")
    state = "Ready" if ready == "True" else "NotReady"
    if node.get("spec", {}).get("unschedulable"):
        state += ",SchedulingDisabled"
    prefix = "node-role.kubernetes.io/"
    roles = sorted(l.removeprefix(prefix) for l in meta.get("labels", {}) if l.startswith(prefix))
    info = status.get("nodeInfo", {})
    address = lambda kind: next((a["address"] for a in status.get("addresses", []) if a["type"] == kind), "<none>")
    return [meta["name"], state, ",".join(roles) or "<none>", age(meta["creationTimestamp"]),
            info.get("kubeletVersion", ""), address("InternalIP"), address("ExternalIP"),
            info.get("osImage", "<unknown>"), info.get("kernelVersion", "<unknown>"),
            info.get("containerRuntimeVersion", "<unknown>")]


NODE_COLUMNS = ["Name", "Status", "Roles", "Age", "Version", "Internal-IP", "External-IP", "OS-Image",
                "Kernel-Version", "Container-Runtime"]


def table_of(resource, items):
    """Names, how many of them are for the usual width, and a row per object."""
    if resource.kind == "Node":
        return NODE_COLUMNS, 5, [node_row(item) for item in items]
    if resource.kind == "Namespace":
        return ["Name", "Status", "Age"], 3, [
            [i["metadata"]["name"], "Active", age(i["metadata"]["creationTimestamp"])] for i in items]
    return ["Name", "Age"], 2, [[i["metadata"]["name"], age(i["metadata"]["creationTimestamp"])] for i in items]
