"""``composer attach``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.attach import AttachOptions
from composer.usecases.attach import attach as run_attach


def attach(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)],
    detach_keys: Annotated[
        str | None, typer.Option("--detach-keys", help="Keys that leave the container")
    ] = None,
    index: Annotated[int | None, typer.Option("--index", help="Number of the replica")] = None,
    no_stdin: Annotated[
        bool, typer.Option("--no-stdin", help="Do not connect the standard input")
    ] = False,
    sig_proxy: Annotated[
        bool, typer.Option("--sig-proxy/--no-sig-proxy", help="Pass signals on to the process")
    ] = True,
    dry_run: opt.DryRun = False,
) -> int:
    """Connect to the process of a running container. Example: composer attach app"""
    options = AttachOptions(
        replica=index, stdin=not no_stdin, signals=sig_proxy, detach_keys=detach_keys
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_attach(context, service, options)
