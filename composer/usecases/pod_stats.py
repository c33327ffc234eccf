"""``stats --pods`` and ``pod stats``: what pods use, as sums over their containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from composer.state import PROJECT, Container, Usage
from composer.ui.pods import Whole
from composer.usecases.context import Context
from composer.usecases.pod_look import whole_pods


def look_at_pods(
    ctx: Context, names: Sequence[str], limits: dict[str, int], *, all: bool
) -> tuple[list[Container], Mapping[str, Usage]]:
    """A line for each pod that ``names`` mean, in the form of a container, and what it uses, by id.

    Without names also the containers that are in no pod. With ``all`` also what does not run.
    ``limits`` are the bytes of memory that pods may have, by id: those that it lacks are added.
    """
    pods = whole_pods(ctx, names)
    found = ctx.engine.containers({"label": [f"{PROJECT}={ctx.project_name}"]})
    alone = [] if names else [c for c in found if not c.pod and not c.is_infra]
    alone.sort(key=lambda c: (c.service, c.number, c.name))
    asked = [c for whole in pods for c in _parts(whole)] + alone
    used = {one.id: one for one in ctx.engine.usage([c.id for c in asked if c.running])}
    running = [whole for whole in pods if any(c.running for c in _parts(whole))]
    for whole in running:
        if whole.pod.id not in limits:
            raw = ctx.engine.inspect_pod(whole.pod.id)
            limits[whole.pod.id] = int(raw.get("memory_limit") or 0)
    sums = {whole.pod.id: summed(whole, used, limits[whole.pod.id]) for whole in running}
    lines = [_line(whole) for whole in pods]
    shown = [c for c in (*lines, *alone) if all or c.running]
    return shown, {**used, **sums}


def summed(whole: Whole, used: Mapping[str, Usage], limit: int) -> Usage:
    """What a pod uses: ``used`` (by id) of its containers. ``limit`` is the pod's own, 0 if none.

    Those that share a network all report its figures, so that the largest are taken, which is the
    sum as well if only one has a network.
    """
    parts = [used[c.id] for c in _parts(whole) if c.id in used]
    together = whole.infra is not None and bool(whole.infra.networks)
    count = max if together else sum
    return Usage(
        id=whole.pod.id,
        name=whole.pod.name,
        cpu=sum(one.cpu for one in parts),
        at=max((one.at for one in parts), default=0.0),
        memory=sum(one.memory for one in parts),
        memory_limit=limit or max((one.memory_limit for one in parts), default=0),
        received=count([one.received for one in parts] or [0]),
        sent=count([one.sent for one in parts] or [0]),
        read=sum(one.read for one in parts),
        written=sum(one.written for one in parts),
        processes=sum(one.processes for one in parts),
    )


def _parts(whole: Whole) -> tuple[Container, ...]:
    """All containers of a pod, its infra container too."""
    return whole.members if whole.infra is None else (*whole.members, whole.infra)


def _line(whole: Whole) -> Container:
    """A pod as ``stats`` shows it."""
    running = any(member.running for member in whole.members)
    status = "running" if running else "exited"
    return Container(id=whole.pod.id, name=whole.pod.name, status=status)
