"""What one service needs of others, said in the file or implied by it."""

from __future__ import annotations

from collections.abc import Mapping

from composer.spec.model import Dependency, Project, Service

NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
"""Service attributes whose value may be ``service:NAME``: a namespace of another service."""


def image_name(project: Project, service: Service) -> str:
    """The image of a service: what the file says, or the name that ``build`` gives it.

    Empty for a service that has a folder in place of an image.
    """
    if service.rootfs:
        return ""
    return service.image or project.built_image(service.name)


def namespace_parents(service: Service) -> tuple[str, ...]:
    """The services whose namespaces ``service`` shares (``network_mode: service:NAME`` …)."""
    values = (getattr(service, attribute) for attribute in NAMESPACES)
    return tuple(v.removeprefix("service:") for v in values if v and v.startswith("service:"))


def volume_sources(service: Service) -> tuple[str, ...]:
    """The services whose volumes ``service`` takes over (``volumes_from``)."""
    entries = (e for e in service.volumes_from if not e.startswith("container:"))
    return tuple(entry.split(":", 1)[0] for entry in entries)


def depends_on(service: Service) -> Mapping[str, Dependency]:
    """What ``service`` waits for: ``depends_on``, and what links, namespaces and volumes imply."""
    found = dict(service.depends_on)
    implied = (
        *(link.split(":", 1)[0] for link in service.links),
        *namespace_parents(service),
        *volume_sources(service),
    )
    for name in implied:
        found.setdefault(name, Dependency(restart=name in namespace_parents(service)))
    return found
