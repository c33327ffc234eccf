"""What a project has on a cluster, by its labels: what it is compared with, pruned and deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from composer.kube.cluster.api import Api, Object
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import CLAIM, OWN, STATEFUL_SET, Resource, resource_of
from composer.kube.cluster.parallel import each
from composer.kube.names import MANAGED_BY, MANAGER, PART_OF

_ABSENT = (403, 404)
"""Statuses of kinds that this cluster, or this user, does not have."""
_OF_THE_SERVER = (
    "managedFields",
    "resourceVersion",
    "generation",
    "uid",
    "creationTimestamp",
    "selfLink",
)
"""Metadata that nobody writes into a manifest."""


class Key(NamedTuple):
    """What tells one object of a namespace from all others."""

    resource: Resource
    name: str

    def __str__(self) -> str:
        return f"{self.resource.shown}/{self.name}"


class Item(NamedTuple):
    """A manifest, and what it is a manifest of."""

    key: Key
    manifest: Object


class Place(NamedTuple):
    """Where a project is on a cluster. ``part_of`` is the value of its label."""

    api: Api
    namespace: str
    part_of: str

    @property
    def selector(self) -> str:
        """Selects what composer made for the project."""
        return f"{MANAGED_BY}={MANAGER},{PART_OF}={self.part_of}"

    @property
    def members(self) -> str:
        """Selects all of the project, also what controllers of the cluster made for it."""
        return f"{PART_OF}={self.part_of}"

    def path(self, key: Key) -> str:
        """The path of an object in this place."""
        return key.resource.path(self.namespace, key.name)

    def objects(self, resource: Resource, selector: str = "") -> list[Object]:
        """GET the objects of a kind, each with its kind, by name. Raises ``ClusterError``."""
        query = {"labelSelector": selector or None}
        what = f"list {resource.plural} of namespace {self.namespace}"
        found = self.api.get(resource.path(self.namespace), query, what=what)
        objects = [
            {"apiVersion": resource.version, "kind": resource.kind, **one}
            for one in found.get("items") or ()
        ]
        return sorted(objects, key=name_of)


def name_of(found: Object) -> str:
    """The name of an object."""
    return str(found["metadata"]["name"])


def items_of(place: Place, manifests: Sequence[Object]) -> list[Item]:
    """``manifests`` with what they are of. Raises ``ClusterError`` for an unknown kind."""
    return [
        Item(Key(resource_of(place.api, manifest), name_of(manifest)), manifest)
        for manifest in manifests
    ]


def belongings(place: Place, needed: Collection[Resource] = ()) -> dict[Key, Object]:
    """All that composer made for the project, by what it is.

    A kind that the cluster does not have, or does not show to this user, is passed over unless it
    is ``needed``. Raises ``OperationsFailed`` with ``ClusterError``.
    """

    def look(resource: Resource) -> dict[Key, Object]:
        try:
            found = place.objects(resource, place.selector)
        except ClusterError as error:
            if error.status in _ABSENT and resource not in needed:
                return {}
            raise
        # What a controller made (pods of a Deployment) comes and goes with its owner.
        return {
            Key(resource, name_of(one)): one
            for one in found
            if not one["metadata"].get("ownerReferences")
        }

    kinds = list(dict.fromkeys([*OWN, *needed]))
    return {key: one for part in each(kinds, look) for key, one in part.items()}


def superfluous(
    present: Mapping[Key, Object], items: Sequence[Item], *, volumes: bool
) -> list[Key]:
    """What of ``present`` no manifest has: what is to be pruned, dependants first.

    Claims hold data: they stay unless ``volumes`` says otherwise, and those of the replicas of a
    StatefulSet that is still there always do.
    """
    wanted = {item.key for item in items}
    kept = tuple(
        f"{template['metadata']['name']}-{item.key.name}-"
        for item in items
        if item.key.resource == STATEFUL_SET
        for template in item.manifest["spec"].get("volumeClaimTemplates") or ()
    )
    found = [key for key in present if key not in wanted]
    return [
        key
        for key in reversed(found)
        if key.resource != CLAIM or (volumes and not (kept and key.name.startswith(kept)))
    ]


def content(found: Object) -> Object:
    """An object without what the server keeps about it: what a manifest could say."""
    metadata: dict[str, Any] = {
        key: value for key, value in found["metadata"].items() if key not in _OF_THE_SERVER
    }
    rest = {key: value for key, value in found.items() if key not in ("metadata", "status")}
    return {**rest, "metadata": metadata}
