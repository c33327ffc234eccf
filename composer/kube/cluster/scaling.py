"""Changes the number of a workload's replicas through its ``scale`` subresource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from composer.kube.cluster.api import FIELD_MANAGER, MERGE, Object
from composer.kube.cluster.belongings import Key, Place, belongings, name_of
from composer.kube.cluster.failures import ClusterError
from composer.kube.cluster.kinds import DEPLOYMENT, STATEFUL_SET, WORKLOADS

_WHY_NOT = {
    "DaemonSet": "it has one replica on each node",
    "Job": "it runs once",
    "Pod": "it is a pod of its own: change the number in the Compose file and apply it",
}


class Scalable(NamedTuple):
    """A workload whose number of replicas can be changed.

    ``others`` are its containers besides the service, which are scaled with it; ``autoscaler`` is
    the HorizontalPodAutoscaler that decides about its replicas, empty if none does.
    """

    key: Key
    replicas: int
    others: tuple[str, ...]
    autoscaler: str


def find(place: Place, container: str) -> Scalable:
    """The workload that has a container of this name.

    Raises ``ClusterError`` if there is none, or if its kind has no number of replicas.
    """
    present = belongings(place)
    for key, workload in present.items():
        names = list(_containers(workload)) if key.resource in WORKLOADS else []
        if container not in names:
            continue
        if key.resource not in (DEPLOYMENT, STATEFUL_SET):
            kind = key.resource.kind
            raise ClusterError(f"{kind} {key.name} cannot be scaled: {_WHY_NOT[kind]}")
        return Scalable(
            key,
            workload["spec"].get("replicas", 1),
            tuple(name for name in names if name != container),
            next(_autoscalers(present, key), ""),
        )
    raise ClusterError(
        f"{container} is not in namespace {place.namespace}",
        status=404,
        hint="bring it there with `composer kube apply`",
    )


def _containers(workload: Object) -> Iterator[str]:
    spec = workload["spec"]
    pod = spec["template"]["spec"] if "template" in spec else spec
    for container in pod["containers"]:
        yield str(container["name"])


def _autoscalers(present: dict[Key, Object], key: Key) -> Iterator[str]:
    for found in present.values():
        target = (found.get("spec") or {}).get("scaleTargetRef")
        if target and (target.get("kind"), target.get("name")) == (key.resource.kind, key.name):
            yield name_of(found)


def scale(place: Place, key: Key, replicas: int) -> None:
    """PATCH the ``scale`` of a workload (``Scale`` of autoscaling/v1). Raises ``ClusterError``."""
    place.api.call(
        "PATCH",
        f"{place.path(key)}/scale",
        {"fieldManager": FIELD_MANAGER},
        {"spec": {"replicas": replicas}},
        content_type=MERGE,
        what=f"scale {key.resource.kind} {key.name}",
    )
