"""A replica's name and who has it: the swap of two containers, its undoing, and what it left.

While a new container is made, it has a provisional name. It gets the replica's once the old one is
stopped and put aside under a name of its own, so that a command that is cut short anywhere leaves
containers whose names tell how far it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from composer.plan.containers import add_removal
from composer.plan.operations import CheckStarted, RenameContainer
from composer.plan.plan import Plan
from composer.plan.replicas import Replica
from composer.state import UNFINISHED, Container

LEFT = "left by an interrupted replacement"


def name_aside(container: Container, name: str) -> str:
    """The name of ``container`` once its replacement is called ``name``."""
    return f"{container.id[:12]}_{name}"


def add_swap(plan: Plan, replica: Replica, old: Container, after: list[str]) -> tuple[str, str]:
    """Put ``old`` aside and give the replica's name to the container that was made for it.

    Returns the id of the last operation, and the name of the old container then.
    """
    old_name = old.name
    if old.name == replica.name:
        old_name = name_aside(old, replica.name)
        aside = RenameContainer(
            id=f"rename:{old.id}",
            cause="its replacement gets its name",
            container=old.id,
            name=old.name,
            new_name=old_name,
        )
        after = [*after, plan.add(aside, after)]
    place = RenameContainer(
        id=f"rename:{replica.name}",
        cause="it takes the old container's place",
        container=replica.name + UNFINISHED,
        name=replica.name + UNFINISHED,
        new_name=replica.name,
    )
    return plan.add(place, after), old_name


def add_return(plan: Plan, replica: Replica, current: Container, after: list[str]) -> list[str]:
    """Give ``current`` back the replica's name, if a replacement that came to nothing took it."""
    if current.name != name_aside(current, replica.name):
        return []
    rename = RenameContainer(
        id=f"rename:{current.id}",
        cause="it takes its place again",
        container=current.id,
        name=current.name,
        new_name=replica.name,
    )
    return [plan.add(rename, after)]


def clear_place(plan: Plan, replica: Replica, timeout: float | None) -> list[str]:
    """Remove what has the replica's name, or was made for it and not finished.

    Of what never ran go the anonymous volumes, too; Podman keeps those that another container has.
    """
    return [
        add_removal(plan, c, cause=LEFT, timeout=timeout, volumes=not c.started)
        for c in replica.leftovers
        if _in_the_way(c, replica)
    ]


def remove_leftovers(plan: Plan, replica: Replica, timeout: float | None) -> list[str]:
    """Remove older containers of the replica. While it does not run they are a way back."""
    start = f"start:{replica.name}"
    removals = []
    for container in replica.leftovers:
        if _in_the_way(container, replica):
            continue
        removal = add_removal(plan, container, cause=LEFT, timeout=timeout)
        removals.append(removal)
        if start in plan:
            plan.order(start, removal, required=True)
            if container.alive:
                plan.order(f"stop:{container.id}", start, required=True)
    return removals


def add_checks(plan: Plan, started: Sequence[str], replaced: Mapping[str, list[str]]) -> None:
    """Look once more at the containers ``started``; those that died at once are failures.

    ``replaced`` has, by name of a replica, the removals of the containers that it took the place
    of: these wait until it has been seen running.
    """
    begun = [f"start:{name}" for name in started]
    others = tuple(name for name in started if not replaced.get(name))
    if others:
        cause = "a container that dies at once is an error"
        plan.add(CheckStarted(id="check-started", cause=cause, containers=others), wanted=begun)
    for name in started:
        removals = replaced.get(name)
        if not removals:
            continue
        check = CheckStarted(
            id=f"check:{name}",
            cause="the old container is kept until the new one runs",
            containers=(name,),
            replaces=getattr(plan[removals[0]], "name", None),
        )
        plan.add(check, [f"start:{name}"], wanted=begun)
        for removal in removals:
            plan.order(check.id, removal, required=True)


def _in_the_way(leftover: Container, replica: Replica) -> bool:
    return leftover.unfinished or leftover.name == replica.name
