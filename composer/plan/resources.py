"""Networks, volumes and containers of a project that are missing, or that it does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec.structs import replace

from composer.errors import ComposerError, FileError
from composer.spec.model import Network, Pod, Project, Service, Volume
from composer.state import Container, State


def missing_resources(
    project: Project, services: Iterable[Service], state: State, scale: Mapping[str, int]
) -> tuple[list[Network], list[Volume]]:
    """The networks and volumes to create: what ``services`` use, and what nobody uses.

    The project has the latter only if the user wants all. ``scale`` has numbers of replicas that
    stand above the file's: some volumes are made for each of them. Raises ``FileError`` for all
    external ones that do not exist.
    """
    chosen = list(services)
    networks = _missing(
        project.networks,
        [key for service in chosen for key in service.networks],
        {key for user in _everybody(project) for key in user.networks},
        state.networks,
    )
    volumes = _missing(
        project.volumes,
        [key for service in chosen for key in _mounted(service)],
        {key for user in _everybody(project) for key in _mounted(user)},
        (),
    )
    counts = _counts(chosen, scale)
    volumes = [
        replica
        for volume in volumes
        for replica in _of_replicas(volume, counts.get(volume.key, 0))
        if replica.name not in state.volumes
    ]
    problems = [
        ComposerError(
            f"{kind} {resource.name} is declared as external, but does not exist",
            hint=f"Create it with `podman {kind} create {resource.name}`.",
            position=project.where(f"{kind}s.{resource.key}"),
        )
        for kind, resources in (("network", networks), ("volume", volumes))
        for resource in resources
        if resource.external
    ]
    if problems:
        raise FileError(problems)
    return networks, volumes


_Resource = TypeVar("_Resource", Network, Volume)


def _missing(
    known: Mapping[str, _Resource], wanted: list[str], used: set[str], there: Collection[str]
) -> list[_Resource]:
    """Of ``known``, what is ``wanted`` or ``used`` by nobody, and not ``there`` by its name."""
    keys = dict.fromkeys((*wanted, *(key for key in known if key not in used)))
    return [known[key] for key in keys if key in known and known[key].name not in there]


def _counts(services: Iterable[Service], scale: Mapping[str, int]) -> dict[str, int]:
    """By key of a volume, how many replicas of ``services`` mount it at most."""
    found: dict[str, int] = {}
    for service in services:
        count = scale.get(service.name, service.replicas)
        for key in _mounted(service):
            found[key] = max(count, found.get(key, 0))
    return found


def _of_replicas(volume: Volume, count: int) -> list[Volume]:
    """``volume`` itself, or one for each of ``count`` replicas."""
    if not volume.per_replica:
        return [volume]
    return [replace(volume, name=volume.name_for(number)) for number in range(1, count + 1)]


def _everybody(project: Project) -> Iterator[Service | Pod]:
    yield from project.services.values()
    yield from project.pods.values()


def _mounted(user: Service | Pod) -> list[str]:
    """The keys of the volumes that a service or pod mounts."""
    return [m.source for m in user.volumes if m.type == "volume" and m.source]


def orphans(project: Project, state: State) -> list[Container]:
    """Containers of the project whose service the file does not have (any more)."""
    known = {*project.services, *project.disabled_services}
    return [c for c in state.containers if c.service not in known and not c.is_infra]
