"""``composer events``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.events import events as run_events


def events(
    ctx: typer.Context,
    services: opt.Services = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
    since: opt.Since = None,
    until: opt.Until = None,
    pod: Annotated[
        list[str] | None,
        typer.Option("--pod", metavar="POD", help="Only of this pod; may be given again"),
    ] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Show what happens to containers, until Ctrl-C. Example: composer events --json app"""
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_events(
            context, tuple(services or ()), json=json, since=since, until=until, pods=pod or ()
        )
