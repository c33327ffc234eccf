"""``composer start``, ``stop``, ``restart``, ``kill``, ``pause``, ``unpause`` and ``rm``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.plan.intent import Lifecycle
from composer.usecases.lifecycle import lifecycle
from composer.usecases.orphans import with_removal


def start(
    ctx: typer.Context,
    services: opt.Services = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the services run or are healthy")
    ] = False,
    wait_timeout: Annotated[
        int | None, typer.Option("--wait-timeout", help="Seconds that --wait takes at most")
    ] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Start existing containers of services, each after what it depends on.

    Example: composer start --wait db
    """
    intent = Lifecycle(
        action="start", services=tuple(services or ()), wait=wait, wait_timeout=wait_timeout
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, intent)


def stop(
    ctx: typer.Context,
    services: opt.Services = None,
    timeout: opt.Timeout = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Stop running containers of services, each before what it depends on.

    Example: composer stop -t 30 web
    """
    intent = Lifecycle(action="stop", services=tuple(services or ()), timeout=timeout)
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, intent)


def restart(
    ctx: typer.Context,
    services: opt.Services = None,
    timeout: opt.Timeout = None,
    no_deps: opt.NoDeps = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Restart containers of services. A changed Compose file is not looked at.

    Example: composer restart -t 5 app
    """
    intent = Lifecycle(
        action="restart", services=tuple(services or ()), timeout=timeout, no_deps=no_deps
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, intent)


def kill(
    ctx: typer.Context,
    services: opt.Services = None,
    signal: Annotated[str, typer.Option("--signal", "-s", help="Signal to send")] = "SIGKILL",
    remove_orphans: opt.RemoveOrphans = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Send a signal to the containers of services. Example: composer kill -s SIGHUP web"""
    intent = Lifecycle(
        action="kill",
        services=tuple(services or ()),
        signal=signal,
        remove_orphans=remove_orphans,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, with_removal(context, intent))


def pause(ctx: typer.Context, services: opt.Services = None, dry_run: opt.DryRun = False) -> int:
    """Pause containers of services: their processes stop until unpause.

    Example: composer pause db
    """
    intent = Lifecycle(action="pause", services=tuple(services or ()))
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, intent)


def unpause(ctx: typer.Context, services: opt.Services = None, dry_run: opt.DryRun = False) -> int:
    """Let paused containers of services go on. Example: composer unpause db"""
    intent = Lifecycle(action="unpause", services=tuple(services or ()))
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, intent)


def rm(
    ctx: typer.Context,
    services: opt.Services = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Do not ask")] = False,
    stop: Annotated[bool, typer.Option("--stop", "-s", help="Stop containers first")] = False,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Remove their anonymous volumes as well")
    ] = False,
    all: Annotated[bool, typer.Option("--all", "-a", hidden=True)] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Remove stopped containers of services. Example: composer rm -sf app"""
    intent = Lifecycle(action="rm", services=tuple(services or ()), stop=stop, volumes=volumes)
    with opt.session(ctx, dry_run=dry_run) as context:
        return lifecycle(context, intent, confirm=not force)
