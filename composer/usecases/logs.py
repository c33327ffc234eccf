"""``logs``."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from composer.errors import ComposerError
from composer.logs import Selection, StreamPrinter, show
from composer.state import Container
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
    """Show the project's logs. Returns the exit code.

    Raises ``ComposerError`` for a time that cannot be read and a replica that there is not.
    """
    check_times({"--since": options.since, "--until": options.until})
    containers = project_containers(ctx, ctx.project_name)
    check_services(ctx, options.services, containers)
    asked = Selection(ctx.project_name, options.services, options.replica)
    if options.replica is not None and not any(map(asked.holds, containers)):
        services = ", ".join(options.services) or "any service"
        raise ComposerError(f"there is no replica {options.replica} of {services}")
    show_logs(ctx, containers, options)
    return 0


def check_times(said: Mapping[str, str | None]) -> None:
    """Raise ``ComposerError`` for a value that is neither a time nor a duration, by its option."""
    from composer.engine.log_source import moment

    for option, text in said.items():
        if moment(text, 0.0) is None:
            raise ComposerError(
                f"{option} {text} is neither a time nor a duration",
                hint="Write it as 2026-01-31T12:30:00, or as 90s, 42m or 1h30m ago.",
            )


def show_logs(
    ctx: Context,
    containers: Sequence[Container],
    options: LogOptions,
    *,
    replicas: Collection[tuple[str, int]] | None = None,
) -> None:
    """Show the logs of ``containers``, or of those of ``replicas`` (service and number)."""
    show(
        ctx.engine,
        containers,
        stream_printer(ctx, color=options.color),
        selection=Selection(ctx.project_name, options.services, options.replica, replicas),
        follow=options.follow,
        since=options.since,
        until=options.until,
        tail=options.tail,
        timestamps=options.timestamps,
        prefix=options.prefix,
        bracketed=ctx.settings.dialect == "podman",
    )
