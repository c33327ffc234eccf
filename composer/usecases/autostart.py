"""``autostart``: one word for a project that systemd starts at each boot and keeps running.

It has nothing to do with Podman's service, which composer starts itself where it is not running
(``composer.engine.autostart``).
"""

from __future__ import annotations

from composer.systemd.places import Place, manager_of
from composer.usecases.context import Context
from composer.usecases.systemd_install import InstallOptions, installed_units, uninstall
from composer.usecases.systemd_run import change, tell_of_boot


def enable(ctx: Context, options: InstallOptions) -> int:
    """Install the project's units, enable and start them. Returns the exit code.

    What runs with another definition is restarted, the rest is left alone. Raises
    ``ComposerError``.
    """
    if ctx.settings.dry_run:
        from composer.usecases.systemd_install import install

        return install(ctx, options)
    place = manager_of(ctx.project_name, ctx.environ) or options.place
    target, changed = installed_units(ctx, options._replace(place=place))
    target.manager.enable(target.units.target)
    if changed:
        target.manager.jobs("try-restart", changed)
    change(ctx, target, "start")
    tell_of_boot(ctx, target.manager)
    return 0


def disable(ctx: Context, where: Place | None) -> int:
    """Stop the project, and take it from systemd. Returns the exit code."""
    return uninstall(ctx, where)
