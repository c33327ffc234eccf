"""``logs``."""

from __future__ import annotations

import sys
from typing import NamedTuple

from composer.logs import Selection, StreamPrinter, show
from composer.usecases.containers import check_services, project_containers
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

    colour = color and wants_colour(ctx.preferences.ansi, sys.stdout, ctx.environ)
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
