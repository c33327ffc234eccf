"""``logs``."""

from __future__ import annotations

import sys
from typing import NamedTuple

from composer.errors import ComposerError
from composer.graph.selection import check_names
from composer.logs import Selection, StreamPrinter, show
from composer.state import PROJECT, Container
from composer.usecases.context import Context


class LogOptions(NamedTuple):
    """The flags of ``logs``. ``tail`` is a number of lines of each container, None means all."""

    services: tuple[str, ...] = ()
    follow: bool = False
    since: str | None = None
    until: str | None = None
    tail: int | None = None
    timestamps: bool = False
    color: bool = True
    prefix: bool = True
    replica: int | None = None


def stream_printer(ctx: Context, *, color: bool) -> StreamPrinter:
    """A printer to this process's standard streams."""
    from composer.ui.colour import wants_colour

    colour = color and wants_colour(ctx.settings.ansi, sys.stdout, ctx.environ)
    return StreamPrinter(sys.stdout.buffer, sys.stderr.buffer, colour=colour)


def logs(ctx: Context, options: LogOptions) -> int:
    """Show the project's logs. Returns the exit code."""
    name = ctx.project_name
    containers = project_containers(ctx, name)
    check_services(ctx, options.services, containers)
    show(
        ctx.engine,
        containers,
        stream_printer(ctx, color=options.color),
        selection=Selection(name, options.services, options.replica),
        follow=options.follow,
        since=options.since,
        until=options.until,
        tail=options.tail,
        timestamps=options.timestamps,
        prefix=options.prefix,
    )
    return 0


def project_containers(ctx: Context, name: str) -> list[Container]:
    """All containers of project ``name``, in the order of their services and numbers."""
    found = [c for c in ctx.engine.containers({"label": [f"{PROJECT}={name}"]}) if not c.is_infra]
    return sorted(found, key=lambda c: (c.service, c.number, c.name))


def check_services(ctx: Context, services: tuple[str, ...], containers: list[Container]) -> None:
    """Raise ``ComposerError`` for a service that neither a container nor the file has."""
    unknown = [name for name in services if name not in {c.service for c in containers}]
    if unknown:
        project, name = ctx.find_project()
        if project is None:
            raise ComposerError(f"project {name} has no service {unknown[0]}")
        check_names(project, unknown)
