"""Networks, volumes and containers of a project that are missing, or that it does not know."""

from __future__ import annotations

from collections.abc import Iterable

from composer.errors import ComposerError
from composer.spec.model import Network, Project, Service, Volume
from composer.state import Container, State


def missing_networks(project: Project, services: Iterable[Service], state: State) -> list[Network]:
    """The networks of ``services`` to create. Raises ``ComposerError`` for an external one."""
    missing = []
    for key in dict.fromkeys(key for service in services for key in service.networks):
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
    """The volumes of ``services`` to create. Raises ``ComposerError`` for an external one."""
    missing = []
    mounts = (mount for service in services for mount in service.volumes)
    used = (m.source for m in mounts if m.type == "volume" and m.source)
    for key in dict.fromkeys(used):
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


def orphans(project: Project, state: State) -> list[Container]:
    """Containers of the project whose service the file does not have (any more)."""
    known = {*project.services, *project.disabled_services}
    return [c for c in state.containers if c.service not in known and not c.is_infra]
