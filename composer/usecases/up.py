"""``up``, ``create`` and ``scale``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from composer.errors import ComposerError, FileError
from composer.graph.selection import check_names, select
from composer.plan.intent import Images, Up
from composer.spec import check_runnable
from composer.spec.model import Project
from composer.state import State
from composer.usecases import managed
from composer.usecases.context import Context
from composer.usecases.orphans import with_silence


class Attach(NamedTuple):
    """How ``up`` without ``-d`` shows logs and when it ends."""

    services: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    dependencies: bool = False
    prefix: bool = True
    color: bool = True
    timestamps: bool = False
    abort_on_exit: bool = False
    abort_on_failure: bool = False
    exit_code_from: str | None = None
    watch: bool = False
    """``--watch``: files are followed as well, and it goes on when all containers have ended."""


def parse_scale(values: Sequence[str]) -> dict[str, int]:
    """Read ``SERVICE=NUMBER`` arguments. Raises ``ComposerError``."""
    found = {}
    for value in values:
        name, equals, number = value.partition("=")
        if not (name and equals and number.isdecimal()):
            raise ComposerError(
                f"cannot read the scale {value!r}", hint="Write it as SERVICE=NUMBER, as in app=3."
            )
        found[name] = int(number)
    return found


def up(
    ctx: Context, images: Images, intent: Up, attach: Attach | None = None, *, yes: bool = False
) -> int:
    """Bring the project up as ``intent`` says, after getting the images that it needs.

    ``yes`` is the answer to every question.
    With ``attach`` its logs are followed until it ends or Ctrl-C stops it. Returns the exit code.
    """
    begun = datetime.now(UTC).isoformat()
    project = ctx.project(intent.services)
    managed.refuse(ctx, project.name, managed.SCALED if intent.scale else managed.INSTEAD)
    if project.pods:
        from composer.plan.pods import with_whole_pods

        intent = with_whole_pods(project, intent)
    named = tuple(dict.fromkeys((*intent.services, *intent.scale)))
    check_names(project, named)
    intent = with_silence(project, intent)
    check_scale(project, intent)
    project = served(ctx, project, intent)
    watching = None
    if attach is not None and attach.watch:
        from composer.usecases.watch import watching_of

        watching = watching_of(ctx, project, intent.services, build=not images.no_build)
    with ctx.lock(project.name):
        converge(ctx, project, images, intent, yes=yes)
    if attach is None or ctx.settings.dry_run:
        return 0
    from composer.usecases.attached import follow

    return follow(ctx, project, intent, attach, begun, watching)


def check_scale(project: Project, intent: Up) -> None:
    """Refuse what cannot run: ports and names that two replicas would have to share."""
    selected = select(project, intent.services, no_deps=intent.no_deps)
    chosen = {name: project.services[name] for name in selected}
    problems = check_runnable(msgspec.structs.replace(project, services=chosen), intent.scale)
    if problems:
        raise FileError(problems)


def served(ctx: Context, project: Project, intent: Up) -> Project:
    """``project`` with the variables of models; what is missing for them is warned of."""
    if not project.models:
        return project
    from composer.plan.models import unserved_models, with_models

    warning = unserved_models(project, select(project, intent.services, no_deps=intent.no_deps))
    if warning:
        ctx.warn(warning)
    return with_models(project)


def with_images(
    ctx: Context, project: Project, selected: list[str], images: Images, seen: State
) -> State:
    """Pull and build what the services ``selected`` need; what there is then."""
    from composer.plan.images import plan_images, plan_not_pulled, refreshed

    pulled = {image: ctx.engine.pulled(image) for image in refreshed(project, selected)}
    image_plan = plan_images(project, selected, seen, images, pulled=pulled, now=time.time())
    if image_plan:
        ctx.run(project, image_plan)
        seen = ctx.engine.observe(project.name)
        builds = plan_not_pulled(project, selected, seen, image_plan, images)
        if builds:
            ctx.run(project, builds)
            seen = ctx.engine.observe(project.name)
    return seen


def converge(ctx: Context, project: Project, images: Images, intent: Up, *, yes: bool) -> None:
    """Get the images that ``intent`` needs, and run its plan. The project's lock has to be held."""
    state = ctx.observe_soon(project.name)
    from composer.graph.sequence import check_cycles
    from composer.plan.up import plan_up
    from composer.spec.contents import with_contents
    from composer.usecases.differences import decide, keep_volumes_of_pods

    check_cycles(project)
    selected = select(project, intent.services, no_deps=intent.no_deps)
    seen = with_images(ctx, project, selected, images, state())
    if any(service.provider is not None for service in project.services.values()):
        from composer.usecases.provided import call_providers

        project = call_providers(ctx, project, selected, intent)
        seen = ctx.engine.observe(project.name)
    project = with_contents(project, project.services)
    intent = decide(ctx, project, selected, seen, intent, yes=yes)
    if seen.pods:
        intent = keep_volumes_of_pods(ctx, project, selected, seen, intent)
    ctx.run(project, plan_up(project, seen, intent))
