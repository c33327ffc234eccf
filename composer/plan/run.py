"""The container of ``run``: made and prepared by a plan, started by whoever attaches to it."""

from __future__ import annotations

from collections.abc import Iterable

from composer.plan.intent import Run
from composer.plan.operations import CreateContainer, InitContainer
from composer.plan.plan import Plan

_CAUSE = "it runs one command"


def add_run(plan: Plan, run: Run, after: Iterable[str], wanted: Iterable[str]) -> None:
    """Make the container of ``run`` after the operations ``after`` and ``wanted``.

    It is prepared as well: what keeps it from starting (a program that the image lacks, a port that
    is taken) fails in the plan, and not while the terminal is the container's.
    """
    create = CreateContainer(
        id=f"create:{run.name}",
        cause=_CAUSE,
        service=run.service,
        number=0,
        name=run.name,
        oneoff=run.how,
    )
    created = plan.add(create, after, wanted=wanted)
    init = InitContainer(id=f"init:{run.name}", cause=_CAUSE, container=run.name, name=run.name)
    plan.add(init, [created])
