"""The ends of pods, whatever command brings them about, and when a member has to run again."""

from __future__ import annotations

from collections.abc import Iterable

from composer.plan.operations import KillContainer, RemovePod, StopContainer, StopPod
from composer.plan.plan import Plan
from composer.spec.model import Service
from composer.state import Container, PodState, State

_ENDED = ("exited", "stopped")


def lost_infra(pod: PodState | None) -> bool:
    """Whether ``pod`` has an infra container that does not run."""
    return pod is not None and bool(pod.infra) and pod.infra_status != "running"


def add_pod_removal(plan: Plan, pod: PodState, cause: str, after: Iterable[str]) -> str:
    """Remove ``pod`` after the operations ``after``; the id of the operation."""
    operation = RemovePod(id=f"remove-pod:{pod.name}", cause=cause, pod=pod.id, name=pod.name)
    return plan.add(operation, after)


def add_empty_pod_removal(plan: Plan, state: State, pod: PodState) -> str:
    """Remove ``pod`` if the plan removes all its containers, or it has none; the id, or empty."""
    inside = [c for c in state.containers if c.pod == pod.id]
    removals = [f"remove:{c.id}" for c in inside]
    if not all(o in plan for o in removals) or len(inside) != len(pod.containers):
        return ""
    return add_pod_removal(plan, pod, "nothing is in it any more", removals)


def add_pod_stops(plan: Plan, state: State, *, idle: bool) -> None:
    """Stop pods whose last running members the plan stops or kills.

    Their infra containers would go on, and keep their ports. With ``idle`` also pods in which
    nothing else runs.
    """
    ended = {o.container: o.id for o in plan if isinstance(o, StopContainer)}
    ended |= {o.container: o.id for o in plan if isinstance(o, KillContainer) and o.signal in _KILL}
    for pod in state.pods:
        members = [c.id for c in state.containers if c.pod == pod.id and c.alive]
        others = [c.id for c in pod.containers if c.status in _ALIVE]
        inside = dict.fromkeys((*members, *others))
        if pod.infra_status == "running" and all(c in ended for c in inside) and (inside or idle):
            operation = StopPod(
                id=f"stop-pod:{pod.name}",
                cause="its members are stopped",
                pod=pod.id,
                name=pod.name,
            )
            plan.add(operation, [ended[c] for c in inside])


_ALIVE = ("running", "paused", "stopping")
_KILL = ("SIGKILL", "KILL", "9")


def has_to_run(service: Service, container: Container, state: State) -> bool:
    """Whether ``container``, which does not run, has to be started.

    An init container that has done its work has not: one that runs once never again, any other only
    if its pod starts, which it does when none of the members runs.
    """
    if service.pod_init is None or container.status not in _ENDED or container.exit_code != 0:
        return True
    if service.pod_init == "once":
        return False
    return not any(c.running for c in state.containers if c.pod == container.pod)
