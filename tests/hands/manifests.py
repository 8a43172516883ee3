# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Checks Kubernetes manifests against the part of the API that they use.

    manifests.py FILE...                    each field's name and type
    manifests.py --get FILE KIND PATH       a value, a line for each item of a list

The names and types are those of the Kubernetes API reference (v1, batch/v1, apps/v1), kept small: a
field that is not here is either misspelt or has to be added, from the reference.
"""
import sys

import yaml

# A type in [] is a list of it; "text" is any text, a tuple the texts that are allowed.
API = {
    "ConfigMap": {"apiVersion": ("v1",), "kind": "text", "metadata": "ObjectMeta", "data": "map"},
    "Job": {"apiVersion": ("batch/v1",), "kind": "text", "metadata": "ObjectMeta", "spec": "JobSpec"},
    "DaemonSet": {"apiVersion": ("apps/v1",), "kind": "text", "metadata": "ObjectMeta", "spec": "DaemonSetSpec"},
    "ObjectMeta": {"name": "text", "namespace": "text", "labels": "map", "annotations": "map"},
    "JobSpec": {"backoffLimit": "number", "ttlSecondsAfterFinished": "number", "template": "PodTemplate"},
    "DaemonSetSpec": {"selector": "LabelSelector", "template": "PodTemplate"},
    "LabelSelector": {"matchLabels": "map"},
    "PodTemplate": {"metadata": "ObjectMeta", "spec": "PodSpec"},
    "PodSpec": {
        "automountServiceAccountToken": "boolean", "containers": ["Container"], "hostPID": "boolean",
        "nodeName": "text", "restartPolicy": ("Always", "Never", "OnFailure"),
        "tolerations": ["Toleration"], "volumes": ["Volume"],
    },
    "Toleration": {"operator": ("Exists", "Equal"), "key": "text", "value": "text", "effect": "text"},
    "Container": {
        "name": "text", "image": "text", "command": ["text"], "args": ["text"], "resources": "Resources",
        "securityContext": "SecurityContext", "volumeMounts": ["VolumeMount"],
        "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    },
    "Resources": {"limits": "map", "requests": "map"},
    "SecurityContext": {
        "allowPrivilegeEscalation": "boolean", "readOnlyRootFilesystem": "boolean", "runAsUser": "number",
        "seccompProfile": "SeccompProfile", "capabilities": "Capabilities",
    },
    "SeccompProfile": {"type": ("Unconfined", "RuntimeDefault", "Localhost"), "localhostProfile": "text"},
    "Capabilities": {"add": ["text"], "drop": ["text"]},
    "VolumeMount": {"name": "text", "mountPath": "text", "readOnly": "boolean"},
    "Volume": {"name": "text", "configMap": "ConfigMapVolume", "hostPath": "HostPathVolume"},
    "ConfigMapVolume": {"name": "text"},
    "HostPathVolume": {"path": "text", "type": ("Directory", "DirectoryOrCreate", "")},
}
SIMPLE = {"text": str, "number": int, "boolean": bool, "map": dict}


def faults(value, kind, path):
    """Yields a line for each part of the value that this type of the API does not have."""
    if isinstance(kind, tuple):
        if value not in kind:
            yield f"{path}: {value!r}: none of {', '.join(kind)}"
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield f"{path}: must be a list"
            return
        for number, item in enumerate(value):
            yield from faults(item, kind[0], f"{path}[{number}]")
    elif kind in SIMPLE:
        # In Python a bool is an int.
        if type(value) is not SIMPLE[kind]:
            yield f"{path}: {value!r}: must be a {kind}"
    elif not isinstance(value, dict):
        yield f"{path}: must have the fields of {kind}"
    else:
        for name, inner in value.items():
            if name in API[kind]:
                yield from faults(inner, API[kind][name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: {kind} has no such field"


def dangling(pod, path):
    """Yields a line for each mount of a volume that the pod does not have."""
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for container in pod["containers"]:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{path}: mounts {mount['name']}, which is no volume of the pod"


def check(file):
    found = []
    for document in yaml.safe_load_all(open(file, encoding="utf-8")):
        kind = document.get("kind")
        path = f"{file}: {kind}"
        if kind not in API:
            found.append(f"{path}: unknown kind")
            continue
        found += faults(document, kind, path)
        spec = document.get("spec", {})
        if not found and "template" in spec:
            found += dangling(spec["template"]["spec"], path)
            wanted = spec.get("selector", {}).get("matchLabels", {})
            labels = spec["template"].get("metadata", {}).get("labels", {})
            if not wanted.items() <= labels.items():
                found.append(f"{path}: the selector does not match the labels of its pods")
    return found


def get(file, kind, path):
    value = next(d for d in yaml.safe_load_all(open(file, encoding="utf-8")) if d["kind"] == kind)
    for name in path.split("/"):
        value = value[int(name) if isinstance(value, list) else name]
    print("\n".join(map(str, value)) if isinstance(value, list) else value)


if sys.argv[1] == "--get":
    get(*sys.argv[2:])
else:
    lines = [line for file in sys.argv[1:] for line in check(file)]
    print("\n".join(lines))
    sys.exit(bool(lines))
