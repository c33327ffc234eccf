"""Manifests of a Compose file that is written in a test."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from composer.kube.generate import Generated, GenerateOptions, manifests
from composer.spec import Options, load


def generated(folder: Path, text: str, options: GenerateOptions | None = None) -> Generated:
    """What the Compose file ``text``, written to ``folder``, gives."""
    path = folder / "compose.yaml"
    path.write_text(textwrap.dedent(text))
    project = load(Options(files=(str(path),), project_name="shop", environ={}))
    return manifests(project, options)


def one(found: Generated, kind: str, name: str) -> dict[str, Any]:
    """The manifest of that kind and name; it has to be there."""
    named = [m for m in found.manifests if (m["kind"], m["metadata"]["name"]) == (kind, name)]
    assert named, [f"{m['kind']}/{m['metadata']['name']}" for m in found.manifests]
    return named[0]


def pod(found: Generated, kind: str, name: str) -> dict[str, Any]:
    """The pods' ``spec`` of a workload."""
    spec: dict[str, Any] = one(found, kind, name)["spec"]
    return spec if kind == "Pod" else spec["template"]["spec"]


def container(found: Generated, kind: str, name: str, index: int = 0) -> dict[str, Any]:
    """A container of a workload."""
    made: dict[str, Any] = pod(found, kind, name)["containers"][index]
    return made
