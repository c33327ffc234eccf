"""``composer images``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.image_list import images as run_images


def images(
    ctx: typer.Context,
    services: opt.Services = None,
    format: opt.Format = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only ids")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """List the images that the project's containers were made of.

    Example: composer images --format json
    """
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_images(context, tuple(services or ()), format=format or "table", quiet=quiet)
