"""What an API server demands of manifests: the schemas of Kubernetes' versions, strictly, and the
rules that stand in no schema (names, references, ports)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
from referencing import Registry, Resource

VERSIONS = ("1.25.0", "1.31.0", "1.37.0")

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")
_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z"
)
_PORT = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?\Z")
_UNITS = {"m": 1e-3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "": 1}


@cache
def _definitions(version: str) -> Registry[Any]:
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}-local-strict"
    contents = json.loads((folder / "_definitions.json").read_text())
    registry: Registry[Any] = Resource.from_contents(contents) @ Registry()
    return registry


@cache
def _validator(version: str, kind: str, api: str) -> Any:
    group, _, name = api.rpartition("/")
    group = group.partition(".")[0]
    file = f"{kind.lower()}-{group}-{name}.json" if group else f"{kind.lower()}-{name}.json"
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}-local-strict"
    schema = json.loads((folder / file).read_text())
    registry = Resource.from_contents(schema) @ _definitions(version)
    return jsonschema.Draft202012Validator(schema, registry=registry)


def problems(manifests: list[dict[str, Any]], versions: tuple[str, ...] = VERSIONS) -> list[str]:
    """What API servers of ``versions`` would say against ``manifests``."""
    found = []
    names = Counter((m["kind"], m["metadata"]["name"]) for m in manifests)
    found += [f"{kind}/{name} stands twice" for (kind, name), times in names.items() if times > 1]
    for manifest in manifests:
        where = f"{manifest['kind']}/{manifest['metadata']['name']}"
        for version in versions:
            validator = _validator(version, manifest["kind"], manifest["apiVersion"])
            found += [
                f"{where} ({version}): {error.json_path}: {error.message}"
                for error in validator.iter_errors(manifest)
            ]
        found += [f"{where}: {text}" for text in _breaches(manifest)]
    return found


def _breaches(manifest: dict[str, Any]) -> Iterator[str]:
    yield from _metadata(manifest["metadata"])
    spec = manifest.get("spec", {})
    if manifest["kind"] == "Pod":
        yield from _pod(spec, [])
    if manifest["kind"] == "Service":
        yield from _service(spec)
    if "template" in spec:
        labels = spec["template"]["metadata"]["labels"]
        yield from _metadata(spec["template"]["metadata"])
        claims = [claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", ())]
        yield from _pod(spec["template"]["spec"], claims)
        chosen = spec.get("selector", {}).get("matchLabels", {})
        if not chosen.items() <= labels.items():
            yield f"selects {chosen}, and not its own pods"
    for part in ("data", "binaryData"):
        for key in manifest.get(part, ()):
            if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key):
                yield f"key {key!r}"


def _metadata(metadata: dict[str, Any]) -> Iterator[str]:
    if "name" in metadata and not _NAME.match(metadata["name"]):
        yield f"name {metadata['name']!r}"
    for key, value in metadata.get("labels", {}).items():
        if not _KEY.match(key) or not _VALUE.match(value):
            yield f"label {key!r}: {value!r}"
    for key in metadata.get("annotations", {}):
        if not _KEY.match(key):
            yield f"annotation {key!r}"


def _pod(spec: dict[str, Any], claims: list[str]) -> Iterator[str]:
    volumes = [volume["name"] for volume in spec.get("volumes", ())] + claims
    yield from (f"volume name {name!r}" for name in volumes if not _NAME.match(name))
    containers = [*spec.get("initContainers", ()), *spec["containers"]]
    names = [container["name"] for container in containers]
    for what, found in (("volume", volumes), ("container", names)):
        yield from (f"{what} {n!r} stands twice" for n, c in Counter(found).items() if c > 1)
    for container in containers:
        for text in _container(container, volumes):
            yield f"{container['name']}: {text}"


def _container(container: dict[str, Any], volumes: list[str]) -> Iterator[str]:
    if not _NAME.match(container["name"]) or not container["image"].strip():
        yield "name or image"
    mounts = container.get("volumeMounts", ())
    for path, times in Counter(mount["mountPath"] for mount in mounts).items():
        if times > 1 or not path or ":" in path:
            yield f"mountPath {path!r}"
    for mount in mounts:
        inside = mount.get("subPath", "")
        if mount["name"] not in volumes or inside.startswith("/") or ".." in inside.split("/"):
            yield f"mount {mount}"
    yield from _interface(container)
    resources = container.get("resources", {})
    for name, asked in resources.get("requests", {}).items():
        limit = resources.get("limits", {}).get(name)
        if limit is not None and _amount(asked) > _amount(limit):
            yield f"asks for {asked} of {name}, above its limit {limit}"


def _interface(container: dict[str, Any]) -> Iterator[str]:
    for variable in container.get("env", ()):
        name = variable["name"]
        if not name or "=" in name or not (name.isascii() and name.isprintable()):
            yield f"variable {name!r}"
    for port in container.get("ports", ()):
        if not all(0 < port.get(key, 1) < 65536 for key in ("containerPort", "hostPort")):
            yield f"port {port}"
    for key in ("readinessProbe", "livenessProbe", "startupProbe"):
        yield from _probe(container.get(key))


def _probe(probe: dict[str, Any] | None) -> Iterator[str]:
    if probe is None:
        return
    ports = [probe[key]["port"] for key in ("httpGet", "tcpSocket") if key in probe]
    numbers = [probe[key] for key in ("periodSeconds", "timeoutSeconds", "failureThreshold")]
    if not all(0 < port < 65536 for port in ports) or min(numbers) < 1:
        yield f"probe {probe}"
    if "exec" in probe and not probe["exec"]["command"]:
        yield "probe without a command"


def _service(spec: dict[str, Any]) -> Iterator[str]:
    ports = spec.get("ports", [])
    if not ports and spec.get("clusterIP") != "None":
        yield "no ports"
    for name, times in Counter(port["name"] for port in ports).items():
        if times > 1 or not _PORT.match(name):
            yield f"port name {name!r}"
    for port in ports:
        if not all(0 < port.get(key, 1) < 65536 for key in ("port", "targetPort")):
            yield f"port {port}"


def _amount(quantity: str) -> float:
    found = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", quantity)
    assert found is not None, quantity
    return float(found[1]) * _UNITS[found[2]]
