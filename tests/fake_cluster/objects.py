"""What the API server adds to objects, and what it lets nobody change."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]

_ADDED: Mapping[str, Object] = {
    "Deployment": {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
    "StatefulSet": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "podManagementPolicy": "OrderedReady",
    },
    "DaemonSet": {"revisionHistoryLimit": 10},
    "Job": {"backoffLimit": 6, "completions": 1, "parallelism": 1},
    "Service": {"type": "ClusterIP", "sessionAffinity": "None"},
    "Pod": {"restartPolicy": "Always", "dnsPolicy": "ClusterFirst"},
}
"""By kind: what is in a spec that does not say it."""

_FIXED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "Job": (("template", "selector", "completions"), "field is immutable"),
    "Deployment": (("selector",), "field is immutable"),
    "DaemonSet": (("selector",), "field is immutable"),
    "StatefulSet": (
        ("selector", "serviceName", "volumeClaimTemplates", "podManagementPolicy"),
        "Forbidden: updates to statefulset spec for other fields are forbidden",
    ),
    "Pod": (
        ("containers", "initContainers", "volumes", "restartPolicy", "hostname"),
        "Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
    ),
    "Service": (("clusterIP",), "Invalid value: field is immutable"),
    "PersistentVolumeClaim": (
        ("accessModes", "storageClassName", "volumeMode"),
        "Forbidden: spec is immutable after creation",
    ),
}
"""By kind: fields of a spec that keep their value, and what is said of a change."""


def completed(found: Object) -> Object:
    """``found`` with what is not said in it."""
    kind, spec = found["kind"], found.get("spec")
    made = dict(found)
    if kind == "Secret":
        made.setdefault("type", "Opaque")
        texts = made.pop("stringData", {})
        coded = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        if coded:
            made["data"] = {**(made.get("data") or {}), **coded}
    if kind in _ADDED:
        made["spec"] = {**_ADDED[kind], **(spec or {})}
    if kind == "Job" and "matchLabels" not in (made["spec"].get("selector") or {}):
        labels = {"controller-uid": made["metadata"]["uid"]}
        made["spec"]["selector"] = {"matchLabels": labels}
    if kind == "Service" and "clusterIP" not in made["spec"]:
        number = int(made["metadata"]["uid"][:2], 16)
        made["spec"]["clusterIP"] = f"10.96.0.{number}"
    if kind == "Namespace":
        made.setdefault("status", {"phase": "Active"})
    if kind == "Pod":
        made.setdefault("status", {"phase": "Pending"})
    return made


def forbidden_change(before: Object, after: Object) -> tuple[str, str] | None:
    """The field that must not change between two states of an object, and what is said of it."""
    fixed, text = _FIXED.get(before["kind"], ((), ""))
    old, new = before.get("spec") or {}, after.get("spec") or {}
    if before["kind"] == "Pod":
        old, new = _without_images(old), _without_images(new)
    for field in fixed:
        if old.get(field) != new.get(field):
            return f"spec.{field}", text
    return None


def _without_images(spec: Object) -> Object:
    parts = ("containers", "initContainers")
    return {
        key: [{**one, "image": ""} for one in value] if key in parts else value
        for key, value in spec.items()
    }
