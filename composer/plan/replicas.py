"""Compares the replicas that a service should have with the containers that exist."""

from __future__ import annotations

from typing import NamedTuple

from composer.plan.intent import Up
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


def container_name(project: Project, service: Service, number: int) -> str:
    """The name of a replica: ``container_name``, or ``<project>-<service>-<number>``."""
    return service.container_name or f"{project.name}-{service.name}-{number}"


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
) -> Comparison:
    """Decide about each replica of ``service``.

    ``existing`` are its containers (without one-off ones), ``image`` its image's name,
    ``new_networks`` the engine names of networks that are about to be created, and ``forced`` a
    cause to recreate that comes from outside of the service.
    """
    wanted = intent.scale.get(service.name, service.replicas)
    groups = _by_number(existing, service)
    keep = sorted(groups)[:wanted]
    surplus = [c for number in sorted(groups)[wanted:] for c in groups[number]]
    free = (n for n in range(1, wanted + len(groups) + 1) if n not in groups)
    replicas = []
    image_id = state.image_id(image)
    for number in sorted([*keep, *(next(free) for _ in range(wanted - len(keep)))]):
        name = container_name(project, service, number)
        if number not in groups:
            replicas.append(Replica(number, name, None, "it does not exist yet"))
            continue
        current, *others = groups[number]
        cause = forced or _divergence(service, current, intent, image_id, new_networks)
        if intent.recreate == "never":
            cause = ""
        replicas.append(Replica(number, name, current, cause, tuple(others)))
    return Comparison(replicas, surplus)


def _by_number(existing: list[Container], service: Service) -> dict[int, list[Container]]:
    """Containers by number; of several with one number the one worth keeping comes first."""
    groups: dict[int, list[Container]] = {}
    for container in existing:
        groups.setdefault(container.number, []).append(container)
    for group in groups.values():
        group.sort(
            key=lambda c: (c.config_hash == service.config_hash, c.running, c.created), reverse=True
        )
    return groups


def _divergence(
    service: Service,
    container: Container,
    intent: Up,
    image_id: str | None,
    new_networks: set[str],
) -> str:
    """Why ``container`` is not what ``service`` says, or an empty text."""
    if intent.recreate == "force":
        return "--force-recreate"
    if container.config_hash != service.config_hash:
        return "its configuration changed"
    if image_id is not None and container.image_id != image_id:
        return "its image changed"
    gone = new_networks.intersection(container.networks)
    if gone:
        return f"network {min(gone)} was gone"
    return ""
