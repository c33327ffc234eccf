"""``composer systemd status`` and ``logs``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.logs import lines
from composer.cli.systemd_options import User, said_place
from composer.usecases import systemd_look
from composer.usecases.logs import LogOptions


def status(
    ctx: typer.Context,
    services: opt.Services = None,
    format: Annotated[str, typer.Option("--format", help="table or json")] = "table",
    user: User = None,
) -> int:
    """Show how systemd sees the project's units, and Podman their containers.

    Example: composer systemd status
    """
    if format not in ("table", "json"):
        raise typer.BadParameter(f"{format!r} is none of table, json", param_hint="--format")
    with opt.session(ctx) as context:
        where = said_place(context, user)
        return systemd_look.status(context, where, tuple(services or ()), format)


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
    user: User = None,
) -> int:
    """Show what the journal has of the project: its containers' output, and systemd's words.

    Example: composer systemd logs -f web
    """
    options = LogOptions(
        services=tuple(services or ()),
        follow=follow,
        since=since,
        until=until,
        tail=lines(tail),
        timestamps=timestamps,
        color=not no_color,
        prefix=not no_log_prefix,
    )
    with opt.session(ctx) as context:
        return systemd_look.logs(context, said_place(context, user), options)
