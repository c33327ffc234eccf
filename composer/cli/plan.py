"""``composer plan``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.up import images_of, recreate_of


def plan(
    ctx: typer.Context,
    services: opt.Services = None,
    format: Annotated[
        str, typer.Option("--format", help="How to show it: tree, json, dot or mermaid")
    ] = "tree",
    build: opt.BuildFlag = False,
    no_build: opt.NoBuild = False,
    pull: opt.Pull = None,
    force_recreate: opt.ForceRecreate = False,
    no_recreate: opt.NoRecreate = False,
    no_deps: opt.NoDeps = False,
    remove_orphans: opt.RemoveOrphans = False,
    scale: opt.Scale = None,
) -> int:
    """Show what `composer up` would do, and why, without doing it.

    Example: composer plan --build app
    """
    from composer.plan.intent import Up
    from composer.usecases.orphans import with_removal
    from composer.usecases.plan import FORMATS
    from composer.usecases.plan import plan as run_plan
    from composer.usecases.up import parse_scale

    if format not in FORMATS:
        raise typer.BadParameter(
            f"{format!r} is none of {', '.join(FORMATS)}", param_hint="--format"
        )
    intent = Up(
        services=tuple(services or ()),
        no_deps=no_deps,
        scale=parse_scale(scale or ()),
        recreate=recreate_of(force_recreate, no_recreate),
        remove_orphans=remove_orphans,
    )
    images = images_of(build, no_build, pull, False)
    with opt.session(ctx, dry_run=True) as context:
        return run_plan(context, images, with_removal(context, intent), format)
