"""``composer exec``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.usecases.execute import ExecOptions, execute


def exec_(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(metavar="SERVICE", show_default=False)],
    command: Annotated[list[str], typer.Argument(metavar="COMMAND [ARGS]...", show_default=False)],
    detach: Annotated[bool, typer.Option("--detach", "-d", help="In the background")] = False,
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", metavar="KEY=VALUE", help="Variable to set")
    ] = None,
    index: Annotated[int | None, typer.Option("--index", help="Number of the replica")] = None,
    no_tty: Annotated[
        bool, typer.Option("--no-tty", "--no-TTY", "-T", help="No terminal for the command")
    ] = False,
    interactive: Annotated[
        bool,
        typer.Option("--interactive/--no-interactive", "-i", help="Connect the standard input"),
    ] = True,
    tty: Annotated[bool, typer.Option("--tty/--without-tty", "-t", hidden=True)] = True,
    privileged: Annotated[bool, typer.Option("--privileged", help="All privileges")] = False,
    user: Annotated[str | None, typer.Option("--user", "-u", help="User to run it as")] = None,
    workdir: Annotated[str | None, typer.Option("--workdir", "-w", help="Folder to run in")] = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Run a command in a running container. Example: composer exec app sh"""
    options = ExecOptions(
        tty=tty and not no_tty,
        stdin=interactive,
        detach=detach,
        env=tuple(env or ()),
        replica=index,
        privileged=privileged,
        user=user,
        workdir=workdir,
    )
    with opt.session(ctx, dry_run=dry_run) as context:
        return execute(context, service, command, options)
