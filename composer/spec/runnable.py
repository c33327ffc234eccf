"""Checks that matter only when containers are to run: names and host ports that would collide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from composer.errors import ComposerError
from composer.spec.model import Port, Project, Service


class _Claim(NamedTuple):
    """A fixed host port that a service publishes."""

    service: str
    place: int
    address: str
    port: int
    protocol: str


def check_runnable(project: Project, scale: Mapping[str, int] | None = None) -> list[ComposerError]:
    """What keeps ``project`` from running with ``scale`` (replicas by service; else the file's).

    A container name or a fixed host port with more than one replica, a range of host ports with
    fewer ports than replicas, and a host port that two services publish on the same address.
    """
    scale = scale or {}
    errors: list[ComposerError] = []
    claims: list[_Claim] = []
    for service in project.services.values():
        replicas = scale.get(service.name, service.replicas)
        if replicas < 1:
            continue
        errors += _scaled(project, service, replicas)
        claims += _claims(service)
    errors += _collisions(project, claims)
    return errors


def _scaled(project: Project, service: Service, replicas: int) -> Iterator[ComposerError]:
    if replicas == 1:
        return
    path = f"services.{service.name}"
    if service.container_name:
        yield ComposerError(
            f"{path}.container_name: {service.container_name!r} can name one container only, "
            f"but {replicas} are asked for",
            hint="leave container_name out to scale the service",
            position=project.where(f"{path}.container_name"),
        )
    for index, port in enumerate(service.ports):
        count = _count(port)
        if count and count < replicas:
            yield ComposerError(
                f"{path}.ports[{index}]: host port {port.published} has room for {count} of "
                f"{replicas} replicas",
                hint="publish a range that is large enough, or the container's port alone",
                position=project.where(f"{path}.ports[{index}]"),
            )


def _bounds(port: Port) -> tuple[int, int] | None:
    if not port.published or port.published == "0":
        return None
    first, dash, last = port.published.partition("-")
    return int(first), int(last) if dash else int(first)


def _count(port: Port) -> int:
    """How many host ports it can choose from; 0 when the engine chooses."""
    bounds = _bounds(port)
    return bounds[1] - bounds[0] + 1 if bounds else 0


def _claims(service: Service) -> Iterator[_Claim]:
    for index, port in enumerate(service.ports):
        bounds = _bounds(port)
        if bounds and bounds[0] == bounds[1]:
            yield _Claim(service.name, index, port.host_ip or "", bounds[0], port.protocol)


def _collisions(project: Project, claims: list[_Claim]) -> Iterator[ComposerError]:
    first: dict[tuple[int, str], list[_Claim]] = {}
    for claim in claims:
        others = first.setdefault((claim.port, claim.protocol), [])
        other = next((one for one in others if _overlap(one.address, claim.address)), None)
        others.append(claim)
        if other is not None:
            path = f"services.{claim.service}.ports[{claim.place}]"
            yield ComposerError(
                f"{path}: host port {claim.port}/{claim.protocol} is already published by service "
                f"{other.service}",
                position=project.where(path),
            )


_ALL = ("", "0.0.0.0", "::")  # noqa: S104 - addresses that mean all, not ones to bind


def _overlap(one: str, other: str) -> bool:
    return one == other or one in _ALL or other in _ALL
