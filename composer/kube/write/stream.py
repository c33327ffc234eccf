"""Manifests as one stream of YAML documents."""

from __future__ import annotations

from collections.abc import Iterable

from composer.kube.generate.draft import Manifest
from composer.spec import to_yaml


def to_stream(manifests: Iterable[Manifest]) -> str:
    """The YAML documents of ``manifests``, each after a line of dashes but the first."""
    return "---\n".join(to_yaml(manifest, escape=False) for manifest in manifests)
