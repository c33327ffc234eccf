"""``composer cp``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.copy import CopyOptions, copy


def cp(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SERVICE:PATH|PATH|-", show_default=False)],
    target: Annotated[str, typer.Argument(metavar="PATH|-|SERVICE:PATH", show_default=False)],
    all: Annotated[bool, typer.Option("--all", help="Also containers that run made")] = False,
    archive: Annotated[
        bool, typer.Option("--archive", "-a", help="Keep the owners of files")
    ] = False,
    follow_link: Annotated[
        bool, typer.Option("--follow-link", "-L", help="Copy what a link names, not the link")
    ] = False,
    index: Annotated[int | None, typer.Option("--index", help="Number of the replica")] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Copy files into and out of containers. Example: composer cp app:/var/log ./log"""
    options = CopyOptions(replica=index, all=all, owners=archive, follow=follow_link)
    with opt.session(ctx, dry_run=dry_run) as context:
        return copy(context, source, target, options)
