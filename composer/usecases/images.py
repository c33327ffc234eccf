"""``build`` and ``pull``."""

from __future__ import annotations

from composer.graph.selection import check_names, select
from composer.plan.intent import Build
from composer.usecases.context import Context


def build(ctx: Context, intent: Build, *, dependencies: bool = False) -> int:
    """Build the images of the named services, or of all that have a ``build`` section."""
    project = ctx.project(intent.services)
    selected = select(project, intent.services, no_deps=not dependencies)
    from composer.plan.images import plan_build

    plan = plan_build(project, selected, intent)
    if not plan:
        ctx.warn("No services to build")
    ctx.run(project, plan)
    return 0


def pull(
    ctx: Context,
    services: tuple[str, ...],
    *,
    policy: str | None = None,
    ignore_buildable: bool = False,
    ignore_failures: bool = False,
    include_deps: bool = False,
    quiet: bool = False,
) -> int:
    """Pull the images of the named services, or of all."""
    project = ctx.project(services)
    check_names(project, services)
    state = ctx.observe_soon(project.name)
    from composer.plan.images import plan_pull

    plan = plan_pull(
        project,
        select(project, services, no_deps=not include_deps),
        state(),
        policy=policy,
        ignore_buildable=ignore_buildable,
        ignore_failures=ignore_failures,
        quiet=quiet,
    )
    ctx.run(project, plan)
    return 0
