"""``composer run``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.up import PULL_POLICIES
from composer.errors import ComposerError


def has_terminal(no_tty: bool | None, tty: bool | None, interactive: bool | None) -> bool:
    """Whether the command gets a terminal: as the flags say, else if there is one on both sides."""
    if tty is not None:
        if no_tty is not None:
            raise ComposerError("--tty and --no-TTY can't be used together")
        return tty
    if no_tty is not None:
        return not no_tty
    if interactive is None and not sys.stdin.isatty():
        return False
    return sys.stdout.isatty()


def run(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)],
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND] [ARGS]...", show_default=False)
    ] = None,
    build: opt.BuildFlag = False,
    cap_add: Annotated[
        list[str] | None, typer.Option("--cap-add", help="Capability to add")
    ] = None,
    cap_drop: Annotated[
        list[str] | None, typer.Option("--cap-drop", help="Capability to take away")
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="In the background; print the container's id")
    ] = False,
    entrypoint: Annotated[
        str | None, typer.Option("--entrypoint", help="In the place of the image's entrypoint")
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", metavar="KEY=VALUE", help="Variable to set")
    ] = None,
    env_from_file: Annotated[
        list[str] | None, typer.Option("--env-from-file", help="File with variables to set")
    ] = None,
    interactive: Annotated[
        bool | None,
        typer.Option("--interactive/--no-interactive", "-i", help="Connect the standard input"),
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", "-l", metavar="KEY=VALUE", help="Label to set")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the container")] = None,
    no_tty: Annotated[
        bool | None,
        typer.Option("--no-TTY/--with-TTY", "--no-tty", "-T", help="No terminal for the command"),
    ] = None,
    tty: Annotated[bool | None, typer.Option("--tty/--without-tty", "-t", hidden=True)] = None,
    no_deps: opt.NoDeps = False,
    privileged: Annotated[bool, typer.Option("--privileged", help="All privileges")] = False,
    publish: Annotated[
        list[str] | None, typer.Option("--publish", "-p", help="Port to publish, as in the file")
    ] = None,
    pull: opt.Pull = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing of one's own")] = False,
    quiet_build: Annotated[
        bool, typer.Option("--quiet-build", help="Do not show the progress of builds")
    ] = False,
    quiet_pull: opt.QuietPull = False,
    remove_orphans: opt.RemoveOrphans = False,
    rm: Annotated[bool, typer.Option("--rm", help="Remove the container when it ends")] = False,
    service_ports: Annotated[
        bool, typer.Option("--service-ports", "-P", help="Publish the ports of the service")
    ] = False,
    use_aliases: Annotated[
        bool, typer.Option("--use-aliases", help="Answer for the service in its networks")
    ] = False,
    user: Annotated[str | None, typer.Option("--user", "-u", help="User to run it as")] = None,
    volume: Annotated[
        list[str] | None,
        typer.Option("--volume", "--volumes", "-v", help="Mount, in the file's short form"),
    ] = None,
    workdir: Annotated[str | None, typer.Option("--workdir", "-w", help="Folder to run in")] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Run one command in a new container of a service. Example: composer run --rm app sh"""
    from composer.plan.intent import Images
    from composer.spec.override import labels as read_labels
    from composer.usecases.run import RunOptions, Session
    from composer.usecases.run import run as run_command

    if publish and service_ports:
        raise ComposerError("--service-ports and --publish are incompatible")
    if pull is not None and pull not in PULL_POLICIES:
        raise ComposerError(f"--pull: {pull!r} is none of {', '.join(PULL_POLICIES)}")
    options = RunOptions(
        command=tuple(command or ()),
        entrypoint=entrypoint,
        tty=has_terminal(no_tty, tty, interactive),
        stdin=interactive is not False,
        env=tuple(env or ()),
        env_files=tuple(env_from_file or ()),
        labels=read_labels(label or ()),
        user=user,
        workdir=workdir,
        privileged=privileged,
        service_ports=service_ports,
        publish=tuple(publish or ()),
        volumes=tuple(volume or ()),
        cap_add=tuple(cap_add or ()),
        cap_drop=tuple(cap_drop or ()),
    )
    images = Images(
        build=build or pull == "build",
        pull=None if pull in ("policy", "build") else pull,
        quiet=quiet_pull or quiet,
        quiet_build=quiet_build or quiet,
    )
    session = Session(
        name=name,
        detach=detach,
        remove=rm,
        aliases=use_aliases,
        no_deps=no_deps,
        remove_orphans=remove_orphans,
        quiet=quiet,
    )
    if quiet:
        ctx.obj["progress"] = "quiet"
    with opt.session(ctx, dry_run=dry_run) as context:
        return run_command(context, service, images, options, session)
