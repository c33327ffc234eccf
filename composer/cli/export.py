"""``composer export``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.export import export as run_export


def export(
    ctx: typer.Context,
    service: opt.Service,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="File, instead of standard output"),
    ] = None,
    index: opt.Index = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Write the files of a container as a tar archive. Example: composer export -o app.tar app"""
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_export(context, service, output=output, index=index)
