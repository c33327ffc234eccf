"""``composer pod``: what is done to pods as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.commands import Command
from composer.plan.intent import Images, Lifecycle
from composer.usecases import pods as change

Pods = Annotated[list[str] | None, typer.Argument(metavar="[POD]...", show_default=False)]

COMMANDS = {
    "create": Command("pod:create", "Create pods and their containers, without starting them"),
    "events": Command("pod_look:events", "Show what happens to the containers of pods"),
    "inspect": Command("pod_look:inspect", "Show all that Podman tells of pods"),
    "kill": Command("pod:kill", "Kill the containers of pods"),
    "logs": Command("pod_look:logs", "Show the output of the containers of pods"),
    "ls": Command("pod_look:ls", "List pods"),
    "pause": Command("pod:pause", "Pause the containers of pods"),
    "port": Command("pod_look:port", "Show what pods publish"),
    "restart": Command("pod:restart", "Restart the containers of pods"),
    "rm": Command("pod:rm", "Remove stopped pods and their containers"),
    "start": Command("pod:start", "Start the containers of pods"),
    "stats": Command("pod_look:stats", "Show what pods use"),
    "stop": Command("pod:stop", "Stop the containers of pods"),
    "top": Command("pod_look:top", "Show the processes of pods"),
    "unpause": Command("pod:unpause", "Let paused pods go on"),
    "update": Command("pod:update", "Change the limits of pods while they run"),
}


def create(
    ctx: typer.Context,
    pods: Pods = None,
    build: opt.BuildFlag = False,
    no_build: opt.NoBuild = False,
    quiet_pull: opt.QuietPull = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Create pods of the file and their containers, without starting them.

    Example: composer pod create app
    """
    images = Images(build=build, no_build=no_build, quiet=quiet_pull)
    with opt.session(ctx, dry_run=dry_run) as context:
        return change.create_pods(context, pods or (), images)


def start(
    ctx: typer.Context,
    pods: Pods = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the containers run or are healthy")
    ] = False,
    wait_timeout: Annotated[
        int | None, typer.Option("--wait-timeout", help="Seconds that --wait takes at most")
    ] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Start the containers of pods, each after what it depends on.

    Example: composer pod start app
    """
    intent = Lifecycle(action="start", wait=wait, wait_timeout=wait_timeout)
    return _change(ctx, pods, intent, dry_run=dry_run)


def stop(
    ctx: typer.Context,
    pods: Pods = None,
    timeout: opt.Timeout = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Stop the containers of pods, each before what it depends on; nothing is left running.

    Example: composer pod stop -t 5 app
    """
    return _change(ctx, pods, Lifecycle(action="stop", timeout=timeout), dry_run=dry_run)


def restart(
    ctx: typer.Context,
    pods: Pods = None,
    timeout: opt.Timeout = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Restart the containers of pods. A changed Compose file is not looked at.

    Example: composer pod restart app
    """
    return _change(ctx, pods, Lifecycle(action="restart", timeout=timeout), dry_run=dry_run)


def pause(ctx: typer.Context, pods: Pods = None, dry_run: opt.DryRun = False) -> int:
    """Pause the containers of pods: their processes stand still. Example: composer pod pause app"""
    return _change(ctx, pods, Lifecycle(action="pause"), dry_run=dry_run)


def unpause(ctx: typer.Context, pods: Pods = None, dry_run: opt.DryRun = False) -> int:
    """Let the paused containers of pods go on. Example: composer pod unpause app"""
    return _change(ctx, pods, Lifecycle(action="unpause"), dry_run=dry_run)


def kill(
    ctx: typer.Context,
    pods: Pods = None,
    signal: Annotated[str, typer.Option("--signal", "-s", help="Signal to send")] = "SIGKILL",
    dry_run: opt.DryRun = False,
) -> int:
    """Send a signal to the containers of pods. Example: composer pod kill -s SIGHUP app-2"""
    return _change(ctx, pods, Lifecycle(action="kill", signal=signal), dry_run=dry_run)


def rm(
    ctx: typer.Context,
    pods: Pods = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Do not ask")] = False,
    stop: Annotated[bool, typer.Option("--stop", "-s", help="Stop the pods first")] = False,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Remove anonymous volumes as well")
    ] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Remove stopped pods with all of their containers. Example: composer pod rm -f app"""
    intent = Lifecycle(action="rm", stop=stop, volumes=volumes)
    return _change(ctx, pods, intent, dry_run=dry_run, confirm=not force)


def update(
    ctx: typer.Context,
    pods: Annotated[list[str], typer.Argument(metavar="POD...", show_default=False)],
    cpus: Annotated[
        float | None, typer.Option("--cpus", help="Processors for all containers; 0: no limit")
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option("--memory", "-m", help="Memory for all containers (512m); 0: no limit"),
    ] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Change what the containers of pods may use together, while they run.

    Pods that are made anew have the limits of the file. Example: composer pod update app --cpus 0.5
    """
    if cpus is None and memory is None:
        raise typer.BadParameter("--cpus or --memory is needed")
    if cpus is not None and not (cpus == 0 or 0.001 <= cpus < math.inf):
        raise typer.BadParameter(f"{cpus:g} is no number of processors", param_hint="--cpus")
    size = None if memory is None else _size(memory)
    with opt.session(ctx, dry_run=dry_run) as context:
        return change.update_pods(context, pods, cpus=cpus, memory=size)


def _size(text: str) -> int:
    from composer.spec import units

    try:
        size = units.size(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--memory") from error
    if size < 0:
        raise typer.BadParameter(f"{text!r} is negative", param_hint="--memory")
    return size


def _change(
    ctx: typer.Context,
    pods: Sequence[str] | None,
    intent: Lifecycle,
    *,
    dry_run: bool,
    confirm: bool = False,
) -> int:
    with opt.session(ctx, dry_run=dry_run) as context:
        return change.change_pods(context, pods or (), intent, confirm=confirm)
