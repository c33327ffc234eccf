"""``composer top``."""

from __future__ import annotations

import typer

from composer.cli import options as opt
from composer.usecases.top import top as run_top


def top(ctx: typer.Context, services: opt.Services = None, dry_run: opt.DryRun = False) -> int:
    """Show the processes of running containers. Example: composer top app"""
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_top(context, tuple(services or ()))
