"""``composer ps``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.look import STATUSES, PsOptions, parse_filter
from composer.usecases.look import ps as run_ps


def ps(
    ctx: typer.Context,
    services: opt.Services = None,
    all: Annotated[bool, typer.Option("--all", "-a", help="Stopped containers as well")] = False,
    filter: Annotated[
        list[str] | None, typer.Option("--filter", metavar="status=STATUS", help="Only these")
    ] = None,
    format: opt.Format = "table",
    no_trunc: Annotated[bool, typer.Option("--no-trunc", help="Do not cut anything")] = False,
    orphans: Annotated[
        bool, typer.Option(help="Containers of services that the file lacks as well")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only ids")] = False,
    names: Annotated[bool, typer.Option("--services", help="Only names of services")] = False,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Only containers with this status")
    ] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """List the project's containers. Example: composer ps -a --status exited"""
    wanted = (*(status or ()), *parse_filter(tuple(filter or ()), "status"))
    for value in wanted:
        if value not in STATUSES:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(STATUSES)}")
    options = PsOptions(
        services=tuple(services or ()),
        all=all,
        format=format or "table",
        quiet=quiet,
        names=names,
        status=wanted,
        orphans=orphans,
        truncate=not no_trunc,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_ps(context, options)
