"""``composer systemd install``, ``uninstall``, ``enable``, ``disable``, ``start``, ``stop``."""

from __future__ import annotations

from typing import Annotated

import typer

from composer.cli import options as opt
from composer.cli.systemd_options import Force, FormatOption, User, format_of, said_place
from composer.usecases import systemd_install, systemd_run


def install(
    ctx: typer.Context,
    format: FormatOption = None,
    user: User = None,
    force: Force = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change, and change nothing")
    ] = False,
    dry_run: opt.DryRun = False,
) -> int:
    """Write the project's units to systemd's folders, all of them or none.

    Units that the project has no more are removed. Example: composer systemd install
    """
    form = format_of(format)
    with opt.session(ctx, dry_run=dry_run) as context:
        from composer.usecases.systemd_generate import chosen_place

        where = chosen_place(context, user)
        options = systemd_install.InstallOptions(where, form, force=force, diff=diff)
        return systemd_install.install(context, options)


def uninstall(ctx: typer.Context, user: User = None, dry_run: opt.DryRun = False) -> int:
    """Stop the project, and remove its units and secrets. Its networks and volumes stay.

    Example: composer systemd uninstall
    """
    with opt.session(ctx, dry_run=dry_run) as context:
        return systemd_install.uninstall(context, said_place(context, user))


def enable(ctx: typer.Context, user: User = None) -> int:
    """Let systemd start the project at each boot. Example: composer systemd enable"""
    with opt.session(ctx) as context:
        return systemd_run.enable(context, said_place(context, user))


def disable(ctx: typer.Context, user: User = None) -> int:
    """Let systemd start the project at no boot. Example: composer systemd disable"""
    with opt.session(ctx) as context:
        return systemd_run.disable(context, said_place(context, user))


def start(
    ctx: typer.Context,
    services: opt.Services = None,
    user: User = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Start the project's units, or those of services, and wait until they run.

    Example: composer systemd start web
    """
    with opt.session(ctx, dry_run=dry_run) as context:
        where = said_place(context, user)
        return systemd_run.start_or_stop(context, where, "start", tuple(services or ()))


def stop(
    ctx: typer.Context,
    services: opt.Services = None,
    user: User = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Stop the project's units, or those of services. Example: composer systemd stop"""
    with opt.session(ctx, dry_run=dry_run) as context:
        where = said_place(context, user)
        return systemd_run.start_or_stop(context, where, "stop", tuple(services or ()))


def restart(
    ctx: typer.Context,
    services: opt.Services = None,
    user: User = None,
    dry_run: opt.DryRun = False,
) -> int:
    """Restart the project's units, or those of services. Example: composer systemd restart web"""
    with opt.session(ctx, dry_run=dry_run) as context:
        where = said_place(context, user)
        return systemd_run.start_or_stop(context, where, "restart", tuple(services or ()))
