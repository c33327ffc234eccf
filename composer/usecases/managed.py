"""Projects that systemd manages: which they are, and what commands then do that change them.

What systemd keeps running it would start again, or with other settings. So commands that start and
stop ask systemd to do it, and those that would make containers of their own change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from composer.errors import ComposerError
from composer.systemd.places import Place, manager_of
from composer.usecases.context import Context

if TYPE_CHECKING:
    from composer.engine.discovery import Place as Address
    from composer.systemd.manager import Verb

INSTEAD = (
    "Bring what changed in the file to it: composer autostart. Start and stop it: composer start, "
    "stop, restart, down. Take it back from systemd: composer autostart disable."
)
SCALED = (
    "Set the number of replicas in the file (scale), and bring it to systemd: composer autostart. "
    "Take the project back from systemd: composer autostart disable."
)


def manager(ctx: Context, project: str) -> Place | None:
    """The systemd that manages ``project`` on the machine whose Podman is meant, if any does."""
    found = manager_of(project, ctx.environ)
    return None if found is None or _elsewhere(ctx) is not None else found


def _elsewhere(ctx: Context) -> Address | None:
    """Where the Podman of this command is, if that is another machine."""
    from composer.engine.discovery import demanded

    where = demanded(ctx.environ)
    return None if where is None or where.path else where


def refuse_elsewhere(ctx: Context) -> None:
    """Raise ``ComposerError`` if commands go to another Podman than this machine's units."""
    where = _elsewhere(ctx)
    if where is not None:
        raise ComposerError(
            f"units run on the Podman of this machine, and {where.source} is another: {where.url}",
            hint="Log in there, or unset it.",
        )


def refuse(ctx: Context, project: str, instead: str = INSTEAD) -> None:
    """Raise ``ComposerError`` if systemd manages ``project``; ``instead`` says what to do."""
    found = manager(ctx, project)
    if found is not None:
        target = found.units / f"{project}.target"
        raise ComposerError(
            f"systemd manages project {project} ({target}): nothing was changed", hint=instead
        )


def handed_over(ctx: Context, project: str, verb: Verb, services: Sequence[str]) -> bool:
    """Let systemd start, stop or restart ``services`` (none: all) if it manages ``project``.

    Returns whether it does. Raises ``ComposerError``.
    """
    found = manager(ctx, project)
    if found is None:
        return False
    from composer.usecases.systemd_run import Target, change

    change(ctx, Target.of(ctx, project, found), verb, services)
    return True


def ended(ctx: Context, project: str, services: Sequence[str]) -> None:
    """Let systemd stop ``services`` (none: all, with their networks) if it manages ``project``.

    What is left is the caller's to remove. Raises ``ComposerError``.
    """
    found = manager(ctx, project)
    if found is None:
        return
    from composer.usecases.systemd_run import Target, end

    end(ctx, Target.of(ctx, project, found), services)
