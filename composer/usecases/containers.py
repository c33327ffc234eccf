"""The containers that commands which only look are about; they need no Compose file."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import ComposerError
from composer.state import PROJECT, SERVICE, Container
from composer.usecases.context import Context


def project_containers(ctx: Context, name: str) -> list[Container]:
    """All containers of project ``name``, in the order of their services and numbers."""
    found = [c for c in ctx.engine.containers({"label": [f"{PROJECT}={name}"]}) if not c.is_infra]
    return sorted(found, key=lambda c: (c.service, c.number, c.name))


def check_services(ctx: Context, services: tuple[str, ...], containers: list[Container]) -> None:
    """Raise ``ComposerError`` for a service that neither a container nor the file has."""
    unknown = [name for name in services if name not in {c.service for c in containers}]
    if unknown:
        check_known(ctx, unknown)


def check_known(ctx: Context, names: Sequence[str]) -> None:
    """Raise ``ComposerError`` if one of ``names`` is no service of the file, or there is none."""
    from composer.graph.selection import check_names

    project, name = ctx.find_project()
    if project is None:
        raise ComposerError(f"project {name} has no service {names[0]}")
    check_names(project, names)


def running_replica(ctx: Context, service: str, index: int | None) -> Container:
    """The running replica number ``index`` of ``service``, or the one with the lowest number.

    Raises ``ComposerError`` when there is none.
    """
    name = ctx.project_name
    labels = [f"{PROJECT}={name}", f"{SERVICE}={service}"]
    found = [c for c in ctx.engine.containers({"label": labels}) if not c.oneoff]
    check_services(ctx, (service,), found)
    replicas = [c for c in found if index is None or c.number == index]
    running = sorted((c for c in replicas if c.running), key=lambda c: c.number)
    if running:
        return running[0]
    which = f"service {service}" if index is None else f"replica {index} of service {service}"
    raise ComposerError(
        f"{which} is not running", hint=f"Start it with `composer up -d {service}`."
    )
