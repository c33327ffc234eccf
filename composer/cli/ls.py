"""``composer ls``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.look import ls as run_ls
from composer.usecases.look import parse_filter


def ls(
    ctx: typer.Context,
    all: Annotated[bool, typer.Option("--all", "-a", help="Stopped projects as well")] = False,
    filter: Annotated[
        list[str] | None, typer.Option("--filter", metavar="name=NAME", help="Only these")
    ] = None,
    format: opt.Format = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only names")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """List the projects that this Podman has. Example: composer ls -a"""
    names = parse_filter(tuple(filter or ()), "name")
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_ls(context, all=all, format=format or "table", quiet=quiet, names=names)
