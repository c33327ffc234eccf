"""``autostart``: one word for a project that systemd starts at each boot and keeps running.

It has nothing to do with Podman's service, which composer starts itself where it is not running
(``composer.engine.autostart``).
"""

from __future__ import annotations

from composer.plan.intent import Images
from composer.spec import load
from composer.systemd.manager import Manager
from composer.systemd.places import Place, manager_of
from composer.systemd.units import Format
from composer.usecases.context import Context
from composer.usecases.systemd_generate import chosen_place
from composer.usecases.systemd_install import InstallOptions, install, installed_units, uninstall
from composer.usecases.systemd_run import change, clear, tell_of_boot


def enable(ctx: Context, where: Place | None, form: Format | None, *, force: bool) -> int:
    """Install the project's units, enable and start them. Returns the exit code.

    Without ``where`` they go where they are, or else to root's or the user's systemd. What runs
    with another definition is restarted, the rest is left alone. Raises ``ComposerError``.
    """
    place = where or manager_of(ctx.project_name, ctx.environ) or chosen_place(ctx, None)
    options = InstallOptions(place, form, force=force)
    if ctx.settings.dry_run:
        return install(ctx, options)
    Manager(place, ctx.environ).check()
    with ctx.lock(ctx.project_name):
        _get_images(ctx)
    outcome = installed_units(ctx, options)
    target = outcome.target
    target.manager.enable(target.units.target)
    if outcome.networks:
        # Podman leaves a network that is there as it is.
        with ctx.lock(target.units.project):
            clear(ctx, target)
    elif outcome.changed:
        target.manager.jobs("try-restart", outcome.changed)
    for name in outcome.volumes:
        ctx.warn(f"{name} changed, and its volume keeps what it was made with, and its data")
    change(ctx, target, "start")
    tell_of_boot(ctx, target.manager)
    return 0


def _get_images(ctx: Context) -> None:
    """Pull and build what is missing, with progress; what units say depends on their images."""
    from composer.usecases.up import with_images

    project = load(ctx.options())
    seen = ctx.engine.observe(project.name)
    with_images(ctx, project, list(project.services), Images(), seen)


def disable(ctx: Context, where: Place | None) -> int:
    """Stop the project, and take it from systemd. Returns the exit code."""
    return uninstall(ctx, where)
