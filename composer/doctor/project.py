"""Checks of a project: its images, ports, folders, and what it uses of others."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from composer.doctor.finding import Finding
from composer.graph.needs import image_name
from composer.spec.model import Port, Project, Service
from composer.state import Container, State

Taken = Callable[[str, int, str], bool]
"""Whether a port of this machine is taken: address, number, protocol."""


def check_project(
    project: Project,
    state: State,
    containers: Sequence[Container],
    *,
    taken: Taken | None = None,
    first_port: int = 0,
) -> Iterator[Finding]:
    """``containers`` are all of the engine. Ports below ``first_port`` may not be published.

    Without ``taken`` the engine is on another machine, whose ports and folders cannot be looked at.
    """
    count = len(project.services)
    yield _finding("file", "ok", f"{project.name}, {count} services")
    for service in project.services.values():
        yield from _image(project, service, state)
        if taken is not None:
            yield from _ports(project, service, containers, taken, first_port)
            yield from _folders(service)
    yield from _external(project, state)


def _finding(check: str, status: str, message: str, fix: str = "") -> Finding:
    return Finding("Project", check, status, message, fix)  # type: ignore[arg-type]


def _image(project: Project, service: Service, state: State) -> Iterator[Finding]:
    image = image_name(project, service)
    check = f"services.{service.name}"
    if service.build is not None and "://" not in service.build.context:
        context = Path(service.build.context)
        if not context.exists():
            text = f"the build context {context} does not exist"
            yield _finding(check, "error", text, f"mkdir {context}, or correct build.context")
            return
    if not image or state.image_id(image) is not None or service.provider is not None:
        return
    if service.build is not None:
        yield _finding(check, "note", f"{image} is not built yet", f"composer build {service.name}")
    elif service.pull_policy == "never":
        text = f"{image} is not here, and pull_policy is never"
        yield _finding(check, "error", text, f"podman pull {image}")
    else:
        yield _finding(check, "note", f"{image} is not pulled yet", f"composer pull {service.name}")


def _ports(
    project: Project,
    service: Service,
    containers: Sequence[Container],
    taken: Taken,
    first_port: int,
) -> Iterator[Finding]:
    for port in service.ports:
        if not port.published or not port.published.isdecimal() or int(port.published) == 0:
            continue
        number, check = int(port.published), f"services.{service.name}.ports"
        if number < first_port:
            text = f"port {number} may not be published by a user without root's rights"
            fix = f"sudo sysctl net.ipv4.ip_unprivileged_port_start={number}, or another port"
            yield _finding(check, "error", text, fix)
            continue
        holder = _holder(containers, port, number)
        if holder is not None and holder.project != project.name:
            text = f"port {number}/{port.protocol} is published by container {holder.name}"
            yield _finding(check, "error", text, f"podman stop {holder.name}, or another port")
        elif holder is None and taken(port.host_ip or "", number, port.protocol):
            text = f"port {number}/{port.protocol} is taken by another program"
            flags = "-lunp" if port.protocol == "udp" else "-ltnp"
            fix = f"ss {flags} 'sport = :{number}' shows which: stop it, or use another port"
            yield _finding(check, "error", text, fix)


def _holder(containers: Sequence[Container], port: Port, number: int) -> Container | None:
    """The running container that publishes ``port``."""
    for container in containers:
        for published in container.ports if container.status == "running" else ():
            if published.host_port == number and published.protocol == port.protocol:
                return container
    return None


def _folders(service: Service) -> Iterator[Finding]:
    for mount in service.volumes:
        if mount.type != "bind" or not mount.source or (mount.bind and mount.bind.create_host_path):
            continue
        if not Path(mount.source).exists():
            text = f"{mount.source}, which is to be mounted at {mount.target}, does not exist"
            fix = f"mkdir -p {mount.source}"
            yield _finding(f"services.{service.name}.volumes", "error", text, fix)


def _external(project: Project, state: State) -> Iterator[Finding]:
    for key, network in project.networks.items():
        if network.external and network.name not in state.networks:
            text = f"the external network {network.name} does not exist"
            fix = f"podman network create {network.name}"
            yield _finding(f"networks.{key}", "error", text, fix)
    for key, volume in project.volumes.items():
        if volume.external and volume.name not in state.volumes:
            text = f"the external volume {volume.name} does not exist"
            yield _finding(f"volumes.{key}", "error", text, f"podman volume create {volume.name}")


def is_taken(address: str, number: int, protocol: str) -> bool:
    """Whether a port of this machine is taken, by trying to listen on it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    with socket.socket(family, kind) as probe:
        if protocol == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.strip("[]"), number))
        except OSError:
            return True
    return False
