"""``composer pod ls``, ``inspect``, ``port`` and ``logs``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.pod import Pods
from composer.usecases import pod_look as look
from composer.usecases.logs import LogOptions


def ls(
    ctx: typer.Context,
    pods: Pods = None,
    format: opt.Format = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only ids")] = False,
    no_trunc: Annotated[bool, typer.Option("--no-trunc", help="Do not cut anything")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """List the project's pods, with how many of their containers run."""
    with opt.session(ctx, dry_run=dry_run) as context:
        return look.pod_ls(context, pods or (), format=format, quiet=quiet, truncate=not no_trunc)


def inspect(
    ctx: typer.Context,
    pods: Pods = None,
    format: Annotated[
        str, typer.Option("--format", help="json, table, or a Go template: '{{.State}}'")
    ] = "json",
    dry_run: opt.DryRun = False,
) -> int:
    """Show all that Podman tells of pods, in its own words."""
    with opt.session(ctx, dry_run=dry_run) as context:
        return look.pod_inspect(context, pods or (), format=format)


def port(
    ctx: typer.Context,
    pod: Annotated[str | None, typer.Argument(metavar="[POD]", show_default=False)] = None,
    private_port: Annotated[
        str | None, typer.Argument(metavar="[PORT[/PROTOCOL]]", show_default=False)
    ] = None,
    format: Annotated[str, typer.Option("--format", help="table or json")] = "table",
    dry_run: opt.DryRun = False,
) -> int:
    """Show what pods publish. Example: composer pod port app-1 80"""
    if format not in ("table", "json"):
        raise typer.BadParameter(f"{format!r} is none of table, json", param_hint="--format")
    number, _, protocol = (private_port or "").partition("/")
    if private_port is not None and not number.isdecimal():
        raise typer.BadParameter(f"{private_port!r} is no port", param_hint="PORT")
    names = () if pod is None else (pod,)
    with opt.session(ctx, dry_run=dry_run) as context:
        return look.pod_port(
            context,
            names,
            port=int(number) if number else None,
            protocol=protocol or None,
            json=format == "json",
        )


def logs(
    ctx: typer.Context,
    pods: Pods = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they grow")] = False,
    since: Annotated[
        str | None, typer.Option("--since", help="From this time on, or as long ago (42m)")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Up to this time, or as long ago (42m)")
    ] = None,
    tail: Annotated[
        str, typer.Option("--tail", "-n", help="Lines from the end of each container's log")
    ] = "all",
    timestamps: Annotated[bool, typer.Option("--timestamps", "-t", help="Show times")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours")] = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="No names before the lines")
    ] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Show the output of the containers of pods, merged in order of time."""
    if tail != "all" and not tail.isdecimal():
        raise typer.BadParameter(f"{tail!r} is neither a number nor all", param_hint="--tail")
    options = LogOptions(
        follow=follow,
        since=since,
        until=until,
        tail=None if tail == "all" else int(tail),
        timestamps=timestamps,
        color=not no_color,
        prefix=not no_log_prefix,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return look.pod_logs(context, pods or (), options)
