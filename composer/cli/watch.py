"""``composer watch``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt


def watch(
    ctx: typer.Context,
    services: opt.Services = None,
    no_up: Annotated[
        bool, typer.Option("--no-up", help="Do not build and start services before")
    ] = False,
    prune: Annotated[
        bool, typer.Option(help="Remove images that a rebuild leaves without a name")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no build output")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Keep containers up to date while files change, as develop.watch says, until Ctrl-C.

    Example: composer watch --no-up app
    """
    from composer.usecases.watch import WatchOptions
    from composer.usecases.watch import watch as run_watch

    options = WatchOptions(up=not no_up, prune=prune, quiet=quiet)
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_watch(context, tuple(services or ()), options)
