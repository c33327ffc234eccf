"""``build`` and ``pull``."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from composer.graph.selection import check_names, select
from composer.plan.intent import Build
from composer.spec.model import Project
from composer.usecases.context import Context


def build(
    ctx: Context, intent: Build, *, dependencies: bool = False, ssh: Sequence[str] = ()
) -> int:
    """Build the images of the named services, or of all that have a ``build`` section.

    ``ssh`` are agents and keys that the builds may use, besides those of the file.
    """
    project = _with_ssh(ctx.project(intent.services), ssh)
    selected = select(project, intent.services, no_deps=not dependencies)
    from composer.plan.images import plan_build

    plan = plan_build(project, selected, intent)
    if not plan:
        ctx.warn("No services to build")
    ctx.run(project, plan)
    return 0


def _with_ssh(project: Project, ssh: Sequence[str]) -> Project:
    """``project`` with ``ssh`` for each build."""
    if not ssh:
        return project
    change = msgspec.structs.replace
    services = {
        name: change(s, build=change(s.build, ssh=(*s.build.ssh, *ssh))) if s.build else s
        for name, s in project.services.items()
    }
    return change(project, services=services)


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
