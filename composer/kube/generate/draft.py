"""What all parts of generating share: the project, the choices, the objects and warnings so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from composer.kube.names import MANAGED_BY, MANAGER, NAME, PART_OF, dns_label
from composer.spec.model import Project
from composer.spec.tree import brief

Manifest = dict[str, Any]
Kind = Literal["pod", "deployment", "statefulset", "daemonset", "job"]

VERSIONS = {
    "ConfigMap": "v1",
    "Secret": "v1",
    "PersistentVolumeClaim": "v1",
    "Service": "v1",
    "Pod": "v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
}
"""The kinds that are made, with their API, in the order in which they stand."""


class GenerateOptions(NamedTuple):
    """Choices of ``kube generate``."""

    kind: Kind | None = None
    """The kind of all workloads; None: what suits each."""
    host_ports: bool = False
    """Ports are published by the node that a pod is on, in the place of a Service."""
    images: Mapping[str, str] = {}
    """What images that are built here are called where the cluster gets them, by their names."""


class Generated(NamedTuple):
    """Manifests in the order in which they are to be written, and what they cannot say."""

    manifests: list[Manifest]
    warnings: tuple[str, ...]


class Draft:
    """The manifests of ``project`` while they are made."""

    def __init__(self, project: Project, options: GenerateOptions) -> None:
        self.project = project
        self.options = options
        self._objects: dict[tuple[str, str], Manifest] = {}
        self._warnings: dict[str, None] = {}

    @property
    def part_of(self) -> str:
        """The project's name as a label's value."""
        return dns_label(self.project.name)

    def selector(self, workload: str) -> dict[str, str]:
        """The labels that the pods of ``workload`` have and no others."""
        return {NAME: workload, PART_OF: self.part_of}

    def labels(self, name: str) -> dict[str, str]:
        """The labels of an object that belongs to ``name``, or to the project."""
        return {**self.selector(name), MANAGED_BY: MANAGER}

    def add(self, kind: str, name: str, owner: str, **parts: Any) -> Manifest:
        """Add an object of ``kind``, labelled as ``owner``'s, and return it.

        An object that is there already (a secret that two services use) is returned as it is.
        """
        found = self._objects.get((kind, name))
        if found is not None:
            return found
        metadata = {"name": name, "labels": self.labels(owner)}
        made = {"apiVersion": VERSIONS[kind], "kind": kind, "metadata": metadata, **parts}
        self._objects[kind, name] = made
        return made

    def has(self, kind: str, name: str) -> bool:
        """Whether there is an object of that kind and name."""
        return (kind, name) in self._objects

    def warn(self, path: str, text: str) -> None:
        """Note something that the manifests do not say, with its place in the file."""
        place = self.project.where(path)
        said = f"{path}: {brief(text)}"
        self._warnings[f"{place}: {said}" if place else said] = None

    def finished(self) -> Generated:
        """All objects, by kind, in the order in which they were added."""
        order = list(VERSIONS)
        kinds = sorted(self._objects, key=lambda found: order.index(found[0]))
        return Generated([self._objects[found] for found in kinds], tuple(self._warnings))
