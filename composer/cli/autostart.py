"""``composer autostart``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.systemd_options import Force, FormatOption, User, format_of, said_place

ACTIONS = ("enable", "disable", "status")


def autostart(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(metavar="[enable|disable|status]")] = "enable",
    user: User = None,
    format: FormatOption = None,
    force: Force = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Let systemd start the project now, and at each boot, and keep it running; or undo that.

    What ends starts again as its restart says. Again after a change of the Compose file, this
    brings the change to systemd.

    Example: composer autostart
    """
    if action not in ACTIONS:
        raise typer.BadParameter(f"{action!r} is none of {', '.join(ACTIONS)}", param_hint="action")
    form = format_of(format)
    with opt.session(ctx, dry_run=dry_run) as context:
        if action == "status":
            from composer.usecases.systemd_look import status

            return status(context, said_place(context, user), (), "table")
        from composer.usecases import autostart as run

        where = said_place(context, user)
        if action == "disable":
            return run.disable(context, where)
        return run.enable(context, where, form, force=force)
