"""``composer stats``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.stats import StatsOptions
from composer.usecases.stats import stats as run_stats


def stats(
    ctx: typer.Context,
    services: opt.Services = None,
    all: Annotated[bool, typer.Option("--all", "-a", help="Also containers at rest")] = False,
    format: Annotated[
        str, typer.Option("--format", help="table, json, or a template of Go")
    ] = "table",
    no_stream: Annotated[
        bool, typer.Option("--no-stream", help="Once, and not again and again")
    ] = False,
    no_trunc: Annotated[bool, typer.Option("--no-trunc", help="Whole ids")] = False,
    pods: Annotated[
        bool, typer.Option("--pods", help="Sums by pod, and containers that are in none")
    ] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Show what containers use, until Ctrl-C. Example: composer stats --no-stream"""
    if pods and services:
        raise typer.BadParameter("--pods shows all pods: name some with `composer pod stats`")
    options = StatsOptions(
        services=tuple(services or ()),
        all=all,
        stream=not no_stream,
        template=format,
        truncate=not no_trunc,
        pods=pods,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_stats(context, options)
