"""``start``, ``stop``, ``restart``, ``kill`` and ``rm``."""

from __future__ import annotations

import sys

from composer.errors import ComposerError
from composer.plan.intent import Lifecycle
from composer.printable import printable
from composer.spec.model import Project
from composer.usecases import managed
from composer.usecases.context import Context


def lifecycle(ctx: Context, intent: Lifecycle, *, confirm: bool = False) -> int:
    """Run ``intent`` on the project's containers. Returns the exit code.

    With ``confirm`` the user is asked before containers are removed; without a terminal to ask on
    that is an error.
    """
    project, name = ctx.find_project(intent.services)
    if intent.action == "rm":
        managed.refuse(ctx, name)
    elif intent.action in ("start", "stop", "restart") and managed.handed_over(
        ctx, name, intent.action, intent.services
    ):
        if intent.timeout is not None:
            ctx.warn("--timeout has no effect: units of systemd have their own times")
        return 0
    with ctx.lock(name):
        state = ctx.observe_soon(name)
        from composer.plan.lifecycle import plan_lifecycle
        from composer.plan.operations import RemoveContainer

        plan = plan_lifecycle(project, state(), intent)
        names = [op.name for op in plan if isinstance(op, RemoveContainer)]
        if intent.action == "rm" and not names:
            ctx.warn("No stopped containers")
            return 0
        if confirm and not ctx.settings.dry_run and not confirmed(names, "rm"):
            return 0
        ctx.run(project or Project(name=name, working_dir=""), plan)
    return 0


def confirmed(names: list[str], command: str) -> bool:
    """Whether the user agrees that ``command`` removes ``names``.

    Raises ``ComposerError`` without a terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise ComposerError(
            f"not removing {', '.join(names)} without being asked on a terminal",
            hint=f"Use `composer {command} --force`.",
        )
    listed = printable(", ".join(names))
    sys.stderr.write(f"Going to remove {listed}\nAre you sure? [yN] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
