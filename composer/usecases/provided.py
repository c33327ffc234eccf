"""Calls the programs that provide services, before the containers that use them are planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from composer.plan.intent import Up
from composer.spec.model import Project
from composer.usecases.context import Context


def call_providers(ctx: Context, project: Project, selected: Sequence[str], intent: Up) -> Project:
    """Return ``project`` with the variables that the providers of ``selected`` have set.

    What these are decides whether a container is out of date. A provider that depends on containers
    is called when these run.
    """
    from composer.plan.providers import containers_before, plan_provided, providers, with_provided
    from composer.plan.up import plan_up

    found = providers(project, selected)
    early = [name for name in found if not containers_before(project, name)]
    provided: dict[str, Mapping[str, str]] = {}
    if early:
        provided.update(ctx.run(project, plan_provided(project, early)))
    for name in found:
        if name in early:
            continue
        needed = tuple(containers_before(project, name))
        first = msgspec.structs.replace(
            intent,
            services=needed,
            no_deps=True,
            wait=False,
            remove_orphans=False,
            check_started=False,
        )
        known = with_provided(project, provided)
        plan = plan_up(known, ctx.engine.observe(project.name), first)
        plan.warnings.clear()
        ctx.run(known, plan)
        provided.update(ctx.run(project, plan_provided(project, [name])))
    return with_provided(project, provided)
