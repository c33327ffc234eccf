"""Writes ``composer/kube/fields.json``: the kinds of the Kubernetes API that composer reads, with
the types of their fields.

``python -m tests.kube_fields`` takes them from the JSON schema in the ``kubernetes-validate``
package, of the newest release of Kubernetes that it has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from composer.kube import fields

_KINDS = {
    "v1": (
        *("ConfigMap", "Namespace", "PersistentVolumeClaim", "Pod", "Secret", "Service"),
        "ServiceAccount",
    ),
    "apps/v1": ("DaemonSet", "Deployment", "StatefulSet"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "batch/v1": ("CronJob", "Job"),
    "networking.k8s.io/v1": ("Ingress", "NetworkPolicy"),
}
_SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "object",
}
_PREFIX = "#/$defs/"


def folder() -> Path:
    """Where the package has its schemas. Raises ``PackageNotFoundError`` if it is not there."""
    package = distribution("kubernetes-validate")
    return Path(str(package.locate_file("kubernetes_validate/kubernetes-json-schema")))


def release() -> tuple[int, int]:
    """The newest release of Kubernetes whose schema is there."""
    found = [path.name.split("-")[0].lstrip("v").split(".") for path in folder().glob("v*-local")]
    return max((int(major), int(minor)) for major, minor, *_ in found)


def table() -> dict[str, Any]:
    """The kinds with their ``apiVersion``, and the types that they are made of."""
    major, minor = release()
    path = folder() / f"v{major}.{minor}.0-local" / "_definitions.json"
    definitions: dict[str, Any] = json.loads(path.read_text())["$defs"]
    found: dict[str, dict[str, str]] = {}
    kinds = {}
    for version, names in _KINDS.items():
        group, _, number = f"core/{version}".rpartition("/")
        for name in names:
            kinds[name] = version
            short = group.removeprefix("core/").partition(".")[0]
            _collect(f"io.k8s.api.{short}.{number}.{name}", definitions, found)
    return {
        "release": f"{major}.{minor}",
        "kinds": dict(sorted(kinds.items())),
        "types": dict(sorted(found.items())),
    }


def _collect(name: str, definitions: Mapping[str, Any], found: dict[str, dict[str, str]]) -> None:
    """Add the type ``name`` and all that it is made of. What a cluster says of itself
    (``status``) is anything."""
    short = name.rpartition(".")[2]
    if short in found:
        return
    definition = definitions[name]
    needed = definition.get("required") or ()
    found[short] = {}
    for key, schema in sorted((definition.get("properties") or {}).items()):
        said = "object" if key == "status" else _type(schema, definitions, found)
        found[short][key] = f"{said}!" if key in needed else said


def _type(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], found: dict[str, dict[str, str]]
) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_PREFIX)
        if name in _SPECIAL:
            return _SPECIAL[name]
        _collect(name, definitions, found)
        return str(name.rpartition(".")[2])
    said = schema.get("type", "object")
    kind = next(word for word in said if word != "null") if isinstance(said, list) else said
    if kind == "array":
        return f"[{_type(schema['items'], definitions, found)}]"
    if kind == "object" and "additionalProperties" in schema:
        return f"{{{_type(schema['additionalProperties'], definitions, found)}}}"
    return str(kind)


def text() -> str:
    """The file, one line for each type."""
    data = table()
    types = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(keys)}" for name, keys in data["types"].items()
    )
    head = {key: data[key] for key in ("release", "kinds")}
    return f'{json.dumps(head)[:-1]}, "types": {{\n{types}\n}}}}\n'


if __name__ == "__main__":
    fields.FILE.write_text(text())
