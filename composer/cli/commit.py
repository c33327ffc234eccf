"""``composer commit``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.commit import CommitOptions
from composer.usecases.commit import commit as run_commit


def commit(
    ctx: typer.Context,
    service: opt.Service,
    reference: Annotated[
        str | None, typer.Argument(metavar="[REPOSITORY[:TAG]]", show_default=False)
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", "-a", help="Author, as in 'Ada <ada@example.org>'")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--change", "-c", help="Line of a Dockerfile to apply; may be given again"),
    ] = None,
    message: Annotated[str | None, typer.Option("--message", "-m", help="What it is")] = None,
    pause: Annotated[
        bool, typer.Option("--pause/--no-pause", "-p", help="Pause the container meanwhile")
    ] = True,
    index: opt.Index = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Make an image of what a container has become. Example: composer commit app app:mended"""
    options = CommitOptions(
        reference=reference,
        author=author,
        message=message,
        changes=tuple(change or ()),
        pause=pause,
        replica=index,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_commit(context, service, options)
