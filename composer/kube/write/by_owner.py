"""Manifests in files named after what they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from composer.kube.generate.draft import Manifest
from composer.kube.names import NAME, PART_OF

NETWORKS = "network-policies"
HEADER = "# Written by `composer kube generate`, which overwrites it.\n"


def by_owner(manifests: Iterable[Manifest]) -> dict[str, list[Manifest]]:
    """``manifests`` by the workload that they belong to; policies of networks are apart."""
    found: dict[str, list[Manifest]] = {}
    for manifest in manifests:
        labels = manifest["metadata"]["labels"]
        networks = manifest["kind"] == "NetworkPolicy" and labels[NAME] == labels[PART_OF]
        found.setdefault(NETWORKS if networks else labels[NAME], []).append(manifest)
    return found
