"""Compares the replicas that a service should have with the containers that exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from composer.plan.intent import Up
from composer.spec.contents import contents_of
from composer.spec.model import Project, Service
from composer.state import Container, State


class Replica(NamedTuple):
    """What should become of one replica.

    ``current`` is its container, if it has one; ``cause`` says why that is not as it should be
    (empty when it is); ``leftovers`` are further containers with the same number, which a command
    that was cut short has left behind.
    """

    number: int
    name: str
    current: Container | None
    cause: str
    leftovers: tuple[Container, ...] = ()


class Comparison(NamedTuple):
    """The replicas that a service should have, and the containers that are too many."""

    replicas: list[Replica]
    surplus: list[Container]


def compare(
    project: Project,
    service: Service,
    existing: list[Container],
    state: State,
    intent: Up,
    *,
    image: str,
    new_networks: set[str],
    forced: str = "",
    parents: Mapping[str, str] | None = None,
    misplaced: Callable[[Container], str] = lambda _container: "",
) -> Comparison:
    """Decide about each replica of ``service``.

    ``existing`` are its containers (without one-off ones), ``image`` its image's name,
    ``new_networks`` the engine names of networks that are about to be created, and ``forced`` a
    cause to recreate that comes from outside of the service. ``parents`` has the id of the first
    container of each service whose namespaces or volumes it uses, empty for one yet to be made.
    ``misplaced`` says why a container is not in the pod that it should be in.

    Replicas are numbered from 1 on without gaps: containers with other numbers are too many.
    """
    wanted = range(1, intent.scale.get(service.name, service.replicas) + 1)
    groups: dict[int, list[Container]] = {}
    for container in existing:
        groups.setdefault(container.number, []).append(container)
    surplus = [c for number in sorted(groups) if number not in wanted for c in groups[number]]
    expected = _Expected(
        service=service,
        image_id=state.image_id(image),
        networks=[project.networks[key].name for key in service.networks],
        new_networks=new_networks,
        parents=parents or {},
        contents=contents_of(project, service),
    )
    replicas = []
    for number in wanted:
        name = project.container_name(service.name, number)
        current, leftovers = _choose(groups.get(number, []), service, name)
        cause = "it does not exist yet"
        if current is not None:
            cause = "--force-recreate" if intent.recreate == "force" else forced
            cause = cause or _divergence(current, expected) or misplaced(current)
            if intent.recreate == "never":
                cause = ""
        replicas.append(Replica(number, name, current, cause, leftovers))
    return Comparison(replicas, surplus)


def _choose(
    group: list[Container], service: Service, name: str
) -> tuple[Container | None, tuple[Container, ...]]:
    """Of the containers with one number the one worth keeping, and the others.

    The one that the file describes; else one that runs, or has the replica's ``name``.
    """

    def worth(container: Container) -> tuple[bool, bool, bool, float]:
        described = container.config_hash == service.config_hash
        return described, container.running, container.name == name, container.created

    finished = sorted((c for c in group if not c.unfinished), key=worth, reverse=True)
    unfinished = tuple(c for c in group if c.unfinished)
    if not finished:
        return None, unfinished
    return finished[0], (*finished[1:], *unfinished)


class _Expected(NamedTuple):
    """What the containers of a service are compared with. Networks are engine names."""

    service: Service
    image_id: str | None
    networks: list[str]
    new_networks: set[str]
    parents: Mapping[str, str]
    contents: Mapping[str, str]


def _divergence(container: Container, expected: _Expected) -> str:
    """Why ``container`` is not what is ``expected``, or an empty text."""
    if container.config_hash != expected.service.config_hash:
        return "its configuration changed"
    if expected.image_id is not None and container.image_id != expected.image_id:
        return "its image changed"
    gone = expected.new_networks.intersection(container.networks)
    if gone:
        return f"network {min(gone)} is made anew"
    for network in expected.networks:
        if network not in container.networks:
            return f"it is not on network {network}"
    if container.contents != expected.contents:
        pairs = container.contents.items() ^ expected.contents.items()
        return f"{min(name for name, _ in pairs)} has another content"
    for parent, identity in expected.parents.items():
        if container.parents.get(parent, identity) != identity:
            return f"service {parent}, which it is bound to, has another container"
    return ""
