"""The containers that commands which only look are about; they need no Compose file."""

from __future__ import annotations

from composer.errors import ComposerError
from composer.state import PROJECT, Container
from composer.usecases.context import Context


def project_containers(ctx: Context, name: str) -> list[Container]:
    """All containers of project ``name``, in the order of their services and numbers."""
    found = [c for c in ctx.engine.containers({"label": [f"{PROJECT}={name}"]}) if not c.is_infra]
    return sorted(found, key=lambda c: (c.service, c.number, c.name))


def check_services(ctx: Context, services: tuple[str, ...], containers: list[Container]) -> None:
    """Raise ``ComposerError`` for a service that neither a container nor the file has."""
    unknown = [name for name in services if name not in {c.service for c in containers}]
    if unknown:
        from composer.graph.selection import check_names

        project, name = ctx.find_project()
        if project is None:
            raise ComposerError(f"project {name} has no service {unknown[0]}")
        check_names(project, unknown)
