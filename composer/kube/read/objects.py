"""The objects of manifests: each with its kind, its name and its labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from composer.kube.fields import kinds
from composer.kube.names import MANAGED_BY, MANAGER
from composer.kube.read.cursor import Cursor
from composer.spec.discovery import Source
from composer.spec.read import read
from composer.spec.tree import Map, Mark, Problems, mark_of
from composer.spec.validate import nearest

_OTHER_VERSIONS = {"HorizontalPodAutoscaler": ("autoscaling/v1",)}
"""Further versions of kinds that are left out anyway."""

_RIGHTS = "rbac.authorization.k8s.io/v1"
_OF_CLUSTERS = {
    "ClusterRole": _RIGHTS,
    "ClusterRoleBinding": _RIGHTS,
    "IngressClass": "networking.k8s.io/v1",
    "LimitRange": "v1",
    "PersistentVolume": "v1",
    "PodDisruptionBudget": "policy/v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "ResourceQuota": "v1",
    "Role": _RIGHTS,
    "RoleBinding": _RIGHTS,
    "StorageClass": "storage.k8s.io/v1",
}
"""Kinds that are about a cluster alone, with their API: they are left out unread."""


@dataclass(frozen=True)
class Object:
    """One object. ``root`` is all of it."""

    kind: str
    name: str
    root: Cursor

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"{self.kind}/{self.name}" if self.name else self.kind

    @property
    def labels(self) -> dict[str, str]:
        """Its own labels, not those of its pods."""
        return self.root.get("metadata", "labels").pairs()

    @property
    def annotations(self) -> dict[str, str]:
        """Its own annotations."""
        return self.root.get("metadata", "annotations").pairs()

    @property
    def ours(self) -> bool:
        """Whether ``composer kube generate`` has made it."""
        return self.labels.get(MANAGED_BY) == MANAGER

    @property
    def name_mark(self) -> Mark | None:
        """Where its name is said."""
        return self.root.get("metadata", "name").mark


def objects(texts: Iterable[tuple[Source, str]], problems: Problems) -> list[Object]:
    """The objects of all documents of all files, those of lists one by one.

    What is no object (an unknown kind, another version) is noted in ``problems`` and left out.
    Raises ``FileError`` for malformed YAML.
    """
    found: list[Object] = []
    for source, text in texts:
        for document in read(text, source.shown, problems, "a manifest"):
            mark = next(iter(document.root.marks.values()), (source.shown, 1, 1))
            found += _objects(document.root, mark, problems)
    return found


def _objects(root: Any, mark: Mark | None, problems: Problems) -> Iterator[Object]:
    if not isinstance(root, Map):
        problems.add(mark, "", "an object is needed here: a mapping with apiVersion and kind")
        return
    kind = root.get("kind")
    if kind == "List" or (isinstance(kind, str) and kind.endswith("List") and "items" in root):
        listed = Cursor(root, f"{kind}:", mark).get("items")
        for entry in listed.each():
            yield from _objects(entry.value, entry.mark, problems)
        return
    if not isinstance(kind, str):
        problems.add(mark_of(root, "kind") or mark, "", "kind: it is not said what this object is")
        return
    metadata = root.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Map) else None
    name = name if isinstance(name, str) else ""
    label = f"{kind}/{name}" if name else kind
    if _known(root, kind, mark, label, problems):
        yield Object(kind, name, Cursor(root, f"{label}:", mark))


def _known(root: Map, kind: str, mark: Mark | None, label: str, problems: Problems) -> bool:
    """Whether the kind and its version are known; notes what is not."""
    wanted = kinds().get(kind)
    at = mark_of(root, "kind") or mark
    if _OF_CLUSTERS.get(kind) == root.get("apiVersion", ""):
        problems.warn(at, f"{label}: kind", "it is about a cluster alone")
        return False
    if wanted is None:
        hint = nearest(kind, kinds()) or f"known are {', '.join(kinds())}"
        problems.add(at, "kind", f"{kind!r} is none that composer knows", hint)
        return False
    if kind == "CronJob":
        hint = "start its job by a timer of the system, as a Job that you play"
        problems.add(at, label, "composer runs nothing at set times", hint)
        return False
    said = root.get("apiVersion")
    if said in _OTHER_VERSIONS.get(kind, ()):
        return True
    if said != wanted:
        text = f"{said!r} is not known for {kind}" if said else "is missing"
        where = mark_of(root, "apiVersion") or mark
        problems.add(where, f"{label}: apiVersion", text, f"write apiVersion: {wanted}")
        return False
    return True
