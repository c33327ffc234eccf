"""Plans commands on pods that exist, as the commands on their containers and what the pods add.

Also knows the names by which pods are called.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from msgspec.structs import replace

from composer.errors import ComposerError
from composer.plan.intent import Lifecycle
from composer.plan.lifecycle import plan_lifecycle
from composer.plan.operations import UpdatePod
from composer.plan.plan import Plan
from composer.spec.model import Project
from composer.state import PodState, State


def names_of(pod: PodState) -> tuple[str, ...]:
    """What ``pod`` is called: its key in the file, that with its number, and Podman's name."""
    if not pod.key:
        return (pod.name,)
    return tuple(dict.fromkeys((pod.key, f"{pod.key}-{pod.number}", pod.name)))


def find_pods(
    pods: Sequence[PodState], names: Sequence[str], planned: Sequence[str] = ()
) -> list[PodState]:
    """Those of ``pods`` that ``names`` mean, in their order; all of them without names.

    ``planned`` are the keys of the file. Raises ``ComposerError`` for a name that none has, with
    those that there are.
    """
    for name in names:
        if any(name in names_of(pod) for pod in pods):
            continue
        if name in planned:
            raise ComposerError(
                f"pod {name} is not there yet", hint=f"Make it with `composer pod create {name}`."
            )
        raise unknown_pod(name, pods, planned)
    return [pod for pod in pods if not names or any(name in names_of(pod) for name in names)]


def unknown_pod(name: str, pods: Sequence[PodState], planned: Sequence[str] = ()) -> ComposerError:
    """The error for a name that no pod has. It lists those that exist."""
    known = list(dict.fromkeys((*planned, *(n for pod in pods for n in names_of(pod)))))
    if not known:
        return ComposerError(
            f"no such pod: {name}",
            hint="This project has no pods. Put services into one with `x-podman: {pod: NAME}`.",
        )
    near = difflib.get_close_matches(name, known, n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    return ComposerError(
        f"no such pod: {name}", hint=f"This project's pods: {', '.join(known)}.{guess}"
    )


def plan_pods(
    project: Project | None, state: State, pods: Sequence[PodState], intent: Lifecycle
) -> Plan:
    """The plan of ``intent`` for all containers of ``pods``, and for these themselves.

    A pod all of whose containers end keeps no infra container running; one whose containers are
    removed goes with them.
    """
    ids = {pod.id for pod in pods}
    members = tuple(c for c in state.containers if c.pod in ids)
    # Who names a pod means all that is in it, also what the file no longer has.
    return plan_lifecycle(
        project,
        replace(state, containers=members, pods=tuple(pods)),
        replace(intent, services=(), remove_orphans=True),
    )


def plan_update(pods: Sequence[PodState], *, cpus: float | None, memory: int | None) -> Plan:
    """The plan that changes the limits of ``pods`` while they run."""
    plan = Plan()
    for pod in pods:
        operation = UpdatePod(
            id=f"update-pod:{pod.name}",
            cause="asked for",
            pod=pod.id,
            name=pod.name,
            cpus=cpus,
            memory=memory,
        )
        plan.add(operation)
    return plan
