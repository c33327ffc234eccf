"""Networks and volumes that differ from the file: finding them, and making them anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

from composer.plan.containers import add_removal, add_stop
from composer.plan.intent import Up
from composer.plan.operations import DisconnectNetwork, RemoveNetwork, RemoveVolume
from composer.plan.order import dependants_first, needs
from composer.plan.plan import Plan
from composer.spec.definitions import definition_digests
from composer.spec.model import Project, Service
from composer.state import DEFINITION, PROJECT, State, unpacked


class Difference(NamedTuple):
    """A network or volume that was made from another definition than the file has now."""

    kind: Literal["network", "volume"]
    key: str
    name: str
    """The engine's name."""
    fields: tuple[str, ...]
    """What differs: ``driver_opts``, ``ipam`` …"""


def differences(project: Project, services: Iterable[Service], state: State) -> list[Difference]:
    """The networks and volumes of ``services`` that are not what the file says.

    Only those that composer made for this project: what others made has no digests of ours, and is
    used as it is.
    """
    chosen = list(services)
    found: list[Difference] = []
    networks = dict.fromkeys(key for service in chosen for key in service.networks)
    mounts = (m for service in chosen for m in service.volumes if m.type == "volume")
    volumes = dict.fromkeys(m.source for m in mounts if m.source in project.volumes)
    for kind, keys, defined, present in (
        ("network", networks, project.networks, state.networks),
        ("volume", volumes, project.volumes, state.volumes),
    ):
        for key in keys:
            resource = defined[key]
            known = present.get(resource.name)
            if resource.external or known is None or known.labels.get(PROJECT) != project.name:
                continue
            before = known.labels.get(DEFINITION)
            if before is not None:
                changed = unpacked(before).items() ^ definition_digests(resource).items()
                if changed:
                    fields = tuple(sorted({name for name, _ in changed}))
                    found.append(Difference(kind, str(key), resource.name, fields))  # type: ignore[arg-type]
    return found


def add_removals(plan: Plan, project: Project, state: State, intent: Up) -> dict[str, str]:
    """Remove what ``intent`` makes anew, after its containers let go of it.

    Those of a network are stopped and taken off it, and so can be gone back to; those of a volume
    are removed. Returns the id of the removal by the engine's name.
    """
    stops: dict[str, list[str]] = defaultdict(list)
    removals = {}
    members = {pod.id for pod in state.pods if pod.infra}  # which goes, and its members with it
    for name in intent.anew_networks:
        cause = f"network {name} is made anew"
        free = []
        for container in state.containers:
            if name not in container.networks or container.pod in members:
                continue
            after = []
            if container.alive or container.status == "initialized":
                after = [add_stop(plan, container, cause=cause, timeout=intent.timeout)]
                stops[container.service] += after
            operation = DisconnectNetwork(
                id=f"disconnect:{container.id}:{name}",
                cause=cause,
                network=name,
                container=container.id,
                name=container.name,
            )
            free.append(plan.add(operation, after))
        removal = RemoveNetwork(id=f"remove-network:{name}", cause="it differs", name=name)
        removals[name] = plan.add(removal, free)
    for name, users in intent.anew_volumes.items():
        cause = f"volume {name} is made anew"
        gone = [
            add_removal(plan, container, cause=cause, timeout=intent.timeout)
            for container in state.containers
            if container.id in users
        ]
        for container in state.containers:
            if container.id in users and container.alive:
                stops[container.service].append(f"stop:{container.id}")
        loss = RemoveVolume(id=f"remove-volume:{name}", cause="it differs", name=name)
        removals[name] = plan.add(loss, gone)
    dependants_first(plan, stops, needs(project, state.containers))
    return removals
