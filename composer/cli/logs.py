"""``composer logs``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.logs import LogOptions
from composer.usecases.logs import logs as run_logs


def logs(
    ctx: typer.Context,
    services: opt.Services = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they grow")] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="From this time on, or as long ago (42m)")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Up to this time, or as long ago (42m)")
    ] = None,
    tail: Annotated[
        str, typer.Option("--tail", "-n", help="Lines from the end of each container's log")
    ] = "all",
    timestamps: Annotated[bool, typer.Option("--timestamps", "-t", help="Show times")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours")] = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="No names before the lines")
    ] = False,
    index: Annotated[
        int | None, typer.Option("--index", help="Only this replica of the service")
    ] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Show the output of containers, merged in order of time. Example: composer logs -f app"""
    options = LogOptions(
        services=tuple(services or ()),
        follow=follow,
        since=since,
        until=until,
        tail=_lines(tail),
        timestamps=timestamps,
        color=not no_color,
        prefix=not no_log_prefix,
        replica=index,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_logs(context, options)


def _lines(tail: str) -> int | None:
    """The number that ``--tail`` says; None is all, as is a number below zero."""
    if tail == "all":
        return None
    try:
        return int(tail) if int(tail) >= 0 else None
    except ValueError:
        raise typer.BadParameter(
            f"{tail!r} is neither a number nor all", param_hint="--tail"
        ) from None
