"""Networks, volumes and containers of a project that are missing, or that it does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from composer.errors import ComposerError, FileError
from composer.spec.model import Network, Pod, Project, Service, Volume
from composer.state import Container, State


def missing_resources(
    project: Project, services: Iterable[Service], state: State
) -> tuple[list[Network], list[Volume]]:
    """The networks and volumes to create: what ``services`` use, and what nobody uses.

    The project has the latter only if the user wants all. Raises ``FileError`` for all external
    ones that do not exist.
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
        state.volumes,
    )
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
