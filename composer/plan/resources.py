"""Networks, volumes and containers of a project that are missing, or that it does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from composer.errors import ComposerError
from composer.spec.model import Network, Pod, Project, Service, Volume
from composer.state import Container, State


def missing_networks(project: Project, services: Iterable[Service], state: State) -> list[Network]:
    """The networks of ``services`` to create. Raises ``ComposerError`` for an external one.

    So are those that nobody uses: the project has them only if the user wants all.
    """
    missing = []
    used = {key for user in _everybody(project) for key in user.networks}
    wanted = [key for service in services for key in service.networks]
    for key in dict.fromkeys((*wanted, *(key for key in project.networks if key not in used))):
        network = project.networks[key]
        if network.name in state.networks:
            continue
        if network.external:
            raise ComposerError(
                f"network {network.name} is declared as external, but does not exist",
                hint=f"Create it with `podman network create {network.name}`.",
                position=project.where(f"networks.{key}"),
            )
        missing.append(network)
    return missing


def missing_volumes(project: Project, services: Iterable[Service], state: State) -> list[Volume]:
    """The volumes of ``services`` to create. Raises ``ComposerError`` for an external one.

    So are those that nobody uses, as with networks.
    """
    missing = []
    used = {key for user in _everybody(project) for key in _mounted(user)}
    wanted = [key for service in services for key in _mounted(service)]
    for key in dict.fromkeys((*wanted, *(key for key in project.volumes if key not in used))):
        volume = project.volumes.get(key)
        if volume is None or volume.name in state.volumes:
            continue
        if volume.external:
            raise ComposerError(
                f"volume {volume.name} is declared as external, but does not exist",
                hint=f"Create it with `podman volume create {volume.name}`.",
                position=project.where(f"volumes.{key}"),
            )
        missing.append(volume)
    return missing


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
