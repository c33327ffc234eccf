"""A Helm chart: the manifests with values for images, replicas, resources and hosts.

Values are put in as marks while manifests are still data, and become Helm's words in the text, so
that nothing depends on how YAML is laid out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from composer.kube.generate.draft import Manifest
from composer.kube.names import PART_OF
from composer.kube.write.by_owner import HEADER, by_owner
from composer.kube.write.stream import to_stream
from composer.spec import to_yaml
from composer.spec.tree import copy

VERSION = "0.1.0"
_BLOCKS = ("resources",)
"""Values that are mappings."""


def to_chart(manifests: Sequence[Manifest]) -> dict[str, str]:
    """The files of a chart, by their path. ``manifests`` must not be empty."""
    name = manifests[0]["metadata"]["labels"][PART_OF]
    values: dict[str, dict[str, Any]] = {"images": {}, "replicas": {}, "resources": {}, "hosts": {}}
    sign = _sign(manifests)
    marked = [_marked(copy(manifest), values, sign) for manifest in manifests]
    chart = {
        "apiVersion": "v2",
        "name": name,
        "description": f"The Compose project {name}",
        "type": "application",
        "version": VERSION,
    }
    files = {
        "Chart.yaml": HEADER + to_yaml(chart, escape=False),
        "values.yaml": HEADER + to_yaml({k: v for k, v in values.items() if v}, escape=False),
    }
    for owner, own in by_owner(marked).items():
        files[f"templates/{owner}.yaml"] = HEADER + _template(to_stream(own), sign)
    return files


def _sign(manifests: Sequence[Manifest]) -> str:
    """What marks begin and end with: nothing that stands in a manifest already."""
    text, sign = to_stream(manifests), "@@"
    while sign in text:
        sign += "@"
    return sign


def _marked(manifest: Manifest, values: dict[str, dict[str, Any]], sign: str) -> Manifest:
    """``manifest`` with marks in the places of what goes into ``values``."""
    name = manifest["metadata"]["name"]
    spec = manifest.get("spec", {})
    if "replicas" in spec:
        values["replicas"][name] = spec["replicas"]
        spec["replicas"] = f"{sign}replicas/{name}{sign}"
    pod = spec if manifest["kind"] == "Pod" else spec.get("template", {}).get("spec", {})
    for container in (*pod.get("initContainers", ()), *pod.get("containers", ())):
        own = container["name"]
        values["images"].setdefault(own, container["image"])
        if values["images"][own] == container["image"]:
            container["image"] = f"{sign}images/{own}{sign}"
        values["resources"].setdefault(own, container.get("resources", {}))
        if values["resources"][own] == container.get("resources", {}):
            container["resources"] = f"{sign}resources/{own}{sign}"
    if manifest["kind"] == "Ingress":
        for rule in spec["rules"]:
            values["hosts"][name] = rule["host"]
            rule["host"] = f"{sign}hosts/{name}{sign}"
        for entry in spec.get("tls", ()):
            entry["hosts"] = [values["hosts"][name]]
    return manifest


def _template(text: str, sign: str) -> str:
    """The text of a template: what looks like Helm's in it stays as it is, marks become values."""
    escaped = text.replace("{{", "{{ `{{` }}")
    mark = rf"^(?P<indent> *)(?P<dash>- )?(?P<key>[A-Za-z]+): '?{sign}(?P<path>[^@]+){sign}'?$"
    return re.sub(mark, _value, escaped, flags=re.MULTILINE)


def _value(found: re.Match[str]) -> str:
    kind, _, name = found["path"].partition("/")
    value = f"(index .Values.{kind} {json.dumps(name)})"
    start = f"{found['indent']}{found['dash'] or ''}{found['key']}:"
    if kind in _BLOCKS:
        depth = len(found["indent"]) + len(found["dash"] or "") + 2
        return f"{start} {{{{- toYaml {value} | nindent {depth} }}}}"
    if kind == "replicas":
        return f"{start} {{{{ {value} }}}}"
    return f"{start} {{{{ {value} | quote }}}}"
