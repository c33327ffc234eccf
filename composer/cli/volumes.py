"""``composer volumes``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.volumes import volumes as run_volumes


def volumes(
    ctx: typer.Context,
    services: opt.Services = None,
    format: opt.Format = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only names")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """List the project's volumes, or those that the containers of services use.

    Example: composer volumes -q
    """
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_volumes(context, tuple(services or ()), format=format or "table", quiet=quiet)
