"""What the program's variables say of orphans: containers of services that the file lacks."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from composer.errors import ComposerError
from composer.plan.intent import Down, Lifecycle, Up
from composer.spec.model import Project
from composer.spec.variables import truth
from composer.usecases.context import Context

Intent = TypeVar("Intent", Up, Down, Lifecycle)


def with_removal(ctx: Context, intent: Intent) -> Intent:
    """``intent``, which removes orphans also if ``COMPOSE_REMOVE_ORPHANS`` says so."""
    remove = intent.remove_orphans or ctx.preferences.remove_orphans
    return msgspec.structs.replace(intent, remove_orphans=remove)


def with_silence(project: Project, intent: Up) -> Up:
    """``intent``, silent about orphans if ``COMPOSE_IGNORE_ORPHANS`` says so.

    Raises ``ComposerError`` if they are to be removed as well.
    """
    ignore = truth(project.environment.get("COMPOSE_IGNORE_ORPHANS"))
    if ignore and intent.remove_orphans:
        raise ComposerError(
            "orphans cannot be ignored (COMPOSE_IGNORE_ORPHANS) and removed at the same time",
            hint="leave out COMPOSE_IGNORE_ORPHANS, or --remove-orphans and COMPOSE_REMOVE_ORPHANS",
        )
    return msgspec.structs.replace(intent, ignore_orphans=ignore)
