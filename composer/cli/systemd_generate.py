"""``composer systemd generate``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.systemd_options import Force, FormatOption, User, format_of
from composer.usecases import systemd_generate as run


def generate(
    ctx: typer.Context,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="DIR", help="Folder to write the files into"),
    ] = None,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the files one after another (the default)")
    ] = False,
    format: FormatOption = None,
    user: User = None,
    podman_version: Annotated[
        str | None,
        typer.Option("--podman-version", help="For another machine, with this Podman (5.4)"),
    ] = None,
    force: Force = False,
) -> int:
    """Write the project as units of systemd: Quadlet's, or classic ones for Podman before 4.6.

    Example: composer systemd generate -o units/
    """
    if stdout and output is not None:
        raise typer.BadParameter("--stdout and --output are incompatible")
    form = format_of(format)
    with opt.session(ctx) as context:
        where = run.chosen_place(context, user)
        chosen = run.GenerateOptions(where, form, podman_version, output, force)
        return run.generate(context, chosen)
