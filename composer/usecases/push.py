"""``push``."""

from __future__ import annotations

from composer.graph.selection import check_names, select
from composer.usecases.context import Context


def push(
    ctx: Context,
    services: tuple[str, ...],
    *,
    include_deps: bool = False,
    ignore_failures: bool = False,
    quiet: bool = False,
) -> int:
    """Push the images that the named services, or all, are built to. Returns the exit code."""
    project = ctx.project(services)
    check_names(project, services)
    from composer.plan.push import plan_push

    selected = select(project, services, no_deps=not include_deps)
    plan = plan_push(project, selected, ignore_failures=ignore_failures, quiet=quiet)
    if not plan:
        ctx.warn("Nothing to push: no service has both a build section and an image name")
    ctx.run(project, plan)
    return 0
