"""``down``."""

from __future__ import annotations

from composer.plan.intent import Down
from composer.spec.model import Project
from composer.usecases import managed
from composer.usecases.context import Context


def down(ctx: Context, intent: Down) -> int:
    """Take the project away; without a Compose file, by its labels. Returns the exit code."""
    project, name = ctx.find_project(intent.services)
    managed.ended(ctx, name, intent.services)
    with ctx.lock(name):
        state = ctx.observe_soon(name)
        from composer.plan.down import plan_down

        plan = plan_down(project, state(), intent)
        if not plan:
            ctx.warn(f"nothing to remove: project {name} has no containers or networks here")
        ctx.run(project or Project(name=name, working_dir=""), plan)
    return 0
