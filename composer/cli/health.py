"""``composer health``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.health import health as run_health


def health(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE|POD]...", show_default=False)
    ] = None,
    format: opt.Format = "table",
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on until interrupted")] = False,
    interval: Annotated[
        float, typer.Option("--interval", min=0.1, help="Seconds between two looks of --watch")
    ] = 2.0,
    dry_run: opt.DryRun = False,
) -> int:
    """Run every health check now, all at the same time; 1 if one fails.

    A pod is healthy if all of its containers with a check are. Example: composer health db app
    """
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_health(context, names or (), format=format, watch=watch, interval=interval)
