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
    follow: opt.Follow = False,
    since: opt.Since = None,
    until: opt.Until = None,
    tail: opt.Tail = "all",
    timestamps: opt.Timestamps = False,
    no_color: opt.NoColor = False,
    no_log_prefix: opt.NoLogPrefix = False,
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
        tail=lines(tail),
        timestamps=timestamps,
        color=not no_color,
        prefix=not no_log_prefix,
        replica=index,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_logs(context, options)


def lines(tail: str) -> int | None:
    """The number that ``--tail`` says; None is all, as is a number below zero."""
    if tail == "all":
        return None
    try:
        return int(tail) if int(tail) >= 0 else None
    except ValueError:
        raise typer.BadParameter(
            f"{tail!r} is neither a number nor all", param_hint="--tail"
        ) from None
