"""``composer push``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.push import push as run_push


def push(
    ctx: typer.Context,
    services: opt.Services = None,
    ignore_push_failures: Annotated[
        bool, typer.Option("--ignore-push-failures", help="Go on when a push fails")
    ] = False,
    include_deps: Annotated[
        bool, typer.Option("--include-deps", help="Push the images of dependencies as well")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Push the images that services are built to. Example: composer push app"""
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_push(
            context,
            tuple(services or ()),
            include_deps=include_deps,
            ignore_failures=ignore_push_failures,
            quiet=quiet,
        )
