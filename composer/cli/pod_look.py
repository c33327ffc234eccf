"""``composer pod ls``, ``inspect``, ``port``, ``top``, ``stats``, ``logs`` and ``events``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.logs import lines
from composer.cli.pod import Pods
from composer.usecases import pod_look as look
from composer.usecases.logs import LogOptions
from composer.usecases.pods import project_pods


def ls(
    ctx: typer.Context,
    pods: Pods = None,
    format: opt.Format = "table",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only ids")] = False,
    no_trunc: Annotated[bool, typer.Option("--no-trunc", help="Do not cut anything")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """List the project's pods, with how many of their containers run.

    Example: composer pod ls --format json
    """
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
    """Show all that Podman tells of pods, in its own words. Example: composer pod inspect app-1"""
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
    _check_format(format)
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


def top(
    ctx: typer.Context,
    pods: Pods = None,
    format: Annotated[str, typer.Option("--format", help="table or json")] = "table",
    dry_run: opt.DryRun = False,
) -> int:
    """Show the processes of running pods, those of their infra containers included.

    Example: composer pod top app
    """
    _check_format(format)
    with opt.session(ctx, dry_run=dry_run) as context:
        return look.pod_top(context, pods or (), json=format == "json")


def stats(
    ctx: typer.Context,
    pods: Pods = None,
    all: Annotated[bool, typer.Option("--all", "-a", help="Also pods at rest")] = False,
    format: opt.Format = "table",
    no_stream: Annotated[
        bool, typer.Option("--no-stream", help="Once, and not again and again")
    ] = False,
    no_trunc: Annotated[bool, typer.Option("--no-trunc", help="Whole ids")] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Show what each pod uses, all its containers together, until Ctrl-C.

    Example: composer pod stats --no-stream app
    """
    from composer.usecases.stats import StatsOptions
    from composer.usecases.stats import stats as run_stats

    with opt.session(ctx, dry_run=dry_run) as context:
        named = tuple(pods or (pod.name for pod in project_pods(context, context.project_name)))
        options = StatsOptions(
            all=all,
            stream=not no_stream,
            template=format,
            truncate=not no_trunc,
            pods=True,
            only=named,
        )
        return run_stats(context, options) if named else 0


def events(
    ctx: typer.Context,
    pods: Pods = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
    since: opt.Since = None,
    until: opt.Until = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Show what happens to the containers of pods, until Ctrl-C.

    Example: composer pod events app
    """
    from composer.usecases.events import events as run_events

    with opt.session(ctx, dry_run=dry_run) as context:
        named = pods or [pod.name for pod in project_pods(context, context.project_name)]
        return run_events(context, (), json=json, since=since, until=until, pods=named)


def _check_format(format: str) -> None:
    if format not in ("table", "json"):
        raise typer.BadParameter(f"{format!r} is none of table, json", param_hint="--format")


def logs(
    ctx: typer.Context,
    pods: Pods = None,
    follow: opt.Follow = False,
    since: opt.Since = None,
    until: opt.Until = None,
    tail: opt.Tail = "all",
    timestamps: opt.Timestamps = False,
    no_color: opt.NoColor = False,
    no_log_prefix: opt.NoLogPrefix = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Show the output of the containers of pods, merged in order of time.

    Example: composer pod logs -f app
    """
    options = LogOptions(
        follow=follow,
        since=since,
        until=until,
        tail=lines(tail),
        timestamps=timestamps,
        color=not no_color,
        prefix=not no_log_prefix,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return look.pod_logs(context, pods or (), options)
