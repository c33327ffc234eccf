"""Checks that matter only when containers are to run: names and host ports that would collide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from composer.errors import ComposerError
from composer.spec.model import Pod, Port, Project, Service


class _Claim(NamedTuple):
    """A fixed host port that somebody publishes."""

    owner: str
    """``service NAME``, or ``pod NAME``."""
    path: str
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
        claims += _claims(f"service {service.name}", _ports(service))
    for pod in project.pods.values():
        replicas = 1 if pod.single else scale.get(pod.members[0], pod.scale)
        if replicas > 0:
            ports = _ports_of_pod(project, pod)
            errors += _short_of_ports(project, ports, replicas)
            claims += _claims(f"pod {pod.key}", ports)
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
    yield from _short_of_ports(project, _ports(service), replicas)


def _ports(service: Service) -> dict[str, Port]:
    """The ports of a service by their paths."""
    return {f"services.{service.name}.ports[{i}]": port for i, port in enumerate(service.ports)}


def _ports_of_pod(project: Project, pod: Pod) -> dict[str, Port]:
    """The ports of a pod, by the paths of the pod or of the members that said them.

    Those of the pod come first, and then the members' in their order, without repetitions.
    """
    owners = [f"x-podman.pods.{pod.key}", *(f"services.{name}" for name in pod.members)]
    said = [f"{owner}.ports[{i}]" for owner in owners for i in range(len(pod.ports))]
    known = [path for path in said if path in project.positions]
    if len(known) != len(pod.ports):
        known = [f"x-podman.pods.{pod.key}.ports[{i}]" for i in range(len(pod.ports))]
    return dict(zip(known, pod.ports, strict=True))


def _short_of_ports(
    project: Project, ports: Mapping[str, Port], replicas: int
) -> Iterator[ComposerError]:
    for path, port in ports.items() if replicas > 1 else ():
        count = _count(port)
        if count and count < replicas:
            yield ComposerError(
                f"{path}: host port {port.published} has room for {count} of {replicas} replicas",
                hint="publish a range that is large enough, or the container's port alone",
                position=project.where(path),
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


def _claims(owner: str, ports: Mapping[str, Port]) -> Iterator[_Claim]:
    for path, port in ports.items():
        bounds = _bounds(port)
        if bounds and bounds[0] == bounds[1]:
            yield _Claim(owner, path, port.host_ip or "", bounds[0], port.protocol)


def _collisions(project: Project, claims: list[_Claim]) -> Iterator[ComposerError]:
    first: dict[tuple[int, str], list[_Claim]] = {}
    for claim in claims:
        others = first.setdefault((claim.port, claim.protocol), [])
        other = next((one for one in others if _overlap(one.address, claim.address)), None)
        others.append(claim)
        if other is not None:
            yield ComposerError(
                f"{claim.path}: host port {claim.port}/{claim.protocol} is already published by "
                f"{other.owner}",
                position=project.where(claim.path),
            )


_ALL = ("", "0.0.0.0", "::")  # noqa: S104 - addresses that mean all, not ones to bind


def _overlap(one: str, other: str) -> bool:
    return one == other or one in _ALL or other in _ALL
