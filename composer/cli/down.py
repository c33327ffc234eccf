"""``composer down``."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import typer

from composer.cli import options as opt
from composer.plan.intent import Down
from composer.usecases.down import down as run_down
from composer.usecases.orphans import with_removal


def down(
    ctx: typer.Context,
    services: opt.Services = None,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Remove the project's named volumes as well")
    ] = False,
    remove_orphans: opt.RemoveOrphans = False,
    rmi: Annotated[
        str | None, typer.Option("--rmi", metavar="local|all", help="Remove images as well")
    ] = None,
    timeout: opt.Timeout = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Stop and remove containers and networks. Named volumes stay unless -v is given.

    Example: composer down -v
    """
    if rmi is not None and rmi not in ("local", "all"):
        raise typer.BadParameter(f"{rmi!r} is none of local, all", param_hint="--rmi")
    intent = Down(
        services=tuple(services or ()),
        volumes=volumes,
        remove_orphans=remove_orphans,
        images=cast("Literal['local', 'all'] | None", rmi),
        timeout=timeout,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_down(context, with_removal(context, intent))
