"""``composer wait``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.wait import wait as run_wait


def wait(
    ctx: typer.Context,
    services: Annotated[list[str], typer.Argument(metavar="SERVICE...", show_default=False)],
    down_project: Annotated[
        bool,
        typer.Option("--down-project", help="Take the project down when the first container ends"),
    ] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Wait until the containers of services have ended. Example: composer wait migrate"""
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_wait(context, tuple(services), down_project=down_project)
