"""Plans pods: which there should be, what becomes of those that are there, and who goes with them.

Pods cannot be renamed, and what they share cannot be changed: one that differs from the file is
removed with its members, and all of them are made again. Other replicas stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from composer.errors import ComposerError
from composer.plan.containers import add_removal
from composer.plan.intent import Up
from composer.plan.operations import CreatePod
from composer.plan.order import dependants_first, needs
from composer.plan.plan import Plan
from composer.plan.pod_ends import add_empty_pod_removal, add_pod_removal, lost_infra
from composer.spec.definitions import pod_digests
from composer.spec.model import Pod, Project, Service
from composer.state import DEFINITION, Container, PodState, State, unpacked


class PodReplica(NamedTuple):
    """What should become of one pod. ``cause`` says why it is not as it should be."""

    key: str
    number: int
    name: str
    current: PodState | None
    cause: str


class PodComparison(NamedTuple):
    """The pods that there should be, and those that are too many (each with a cause)."""

    replicas: list[PodReplica]
    surplus: list[tuple[PodState, str]]

    @property
    def remade(self) -> dict[str, str]:
        """By id of a pod that will be removed and made again: why."""
        return {r.current.id: r.cause for r in self.replicas if r.current and r.cause}

    @property
    def going(self) -> dict[str, str]:
        """By id of a pod that will be removed: why."""
        return self.remade | {pod.id: cause for pod, cause in self.surplus}


def with_whole_pods(project: Project, intent: Up) -> Up:
    """``intent`` whose ``scale`` has all members of each pod that it scales.

    A pod can be named, too, if no service has its name. Raises ``ComposerError`` for two members
    that are to have different numbers of replicas.
    """
    scale: dict[str, int] = {}
    said_by: dict[str, str] = {}
    for name, count in intent.scale.items():
        named = project.pods.get(name) if name not in project.services else None
        pod = named or project.pod_of(name)
        if pod is None or pod.single:
            scale[name] = count
            continue
        first = said_by.setdefault(pod.key, name)
        if scale.get(pod.members[0], count) != count:
            raise ComposerError(
                f"{first} and {name} are in pod {pod.key}, which cannot have both "
                f"{scale[pod.members[0]]} and {count} replicas",
                hint="Scale one of them: the others follow.",
            )
        scale |= dict.fromkeys(pod.members, count)
    services = intent.services
    if services:
        services = tuple(dict.fromkeys(s for s in (*services, *scale) if s in project.services))
    return replace(intent, scale=scale, services=services)


def compare_pods(
    project: Project,
    state: State,
    intent: Up,
    services: Collection[str],
    new_networks: Collection[str] = (),
) -> PodComparison:
    """Decide about each pod that one of ``services`` is in.

    ``new_networks`` are the engine's names of networks that are about to be created.
    """
    found = PodComparison([], [])
    for pod in project.pods.values():
        if not any(name in services for name in pod.members):
            continue
        count = 1 if pod.single else intent.scale.get(pod.members[0], pod.scale)
        present = {p.number: p for p in state.pods if p.key == pod.key and p.number}
        for number in range(1, count + 1):
            current = present.pop(number, None)
            cause = "it does not exist yet"
            if current is not None:
                name = project.pod_name(pod.key, number)
                cause = f"it is not called {name}" if current.name != name else ""
                cause = cause or _divergence(project, pod, current)
                gone = sorted({*new_networks, *intent.anew_networks} & {*current.networks})
                cause = cause or (f"network {gone[0]} is made anew" if gone else "")
                cause = "" if intent.recreate == "never" else cause
            name = project.pod_name(pod.key, number)
            found.replicas.append(PodReplica(pod.key, number, name, current, cause))
        found.surplus.extend((left, f"scaled to {count}") for left in present.values())
    return found


def _divergence(project: Project, pod: Pod, current: PodState) -> str:
    """Why ``current`` is not what the file says, or an empty text."""
    missing = {project.networks[key].name for key in pod.networks} - {*current.networks}
    if not current.config_hash:  # podman-compose made it, and left no word of how
        return "" if bool(current.infra) == (pod.infra is not None) else "its infra changed"
    if current.config_hash != pod.config_hash:
        before = unpacked(current.labels.get(DEFINITION, "")).items()
        changed = sorted({name for name, _ in before ^ pod_digests(pod).items()})
        return f"its {', '.join(changed) or 'configuration'} changed"
    return f"it is not on network {min(missing)}" if missing else ""


def leaving(
    project: Project, state: State, intent: Up, services: Collection[str]
) -> list[Container]:
    """The containers that go before their replacements are made, because their pod is remade."""
    remade = compare_pods(project, state, intent, services).remade
    return [c for c in state.containers if c.pod in remade]


class PodPlanner:
    """The part of a plan for ``up`` that is about pods."""

    def __init__(self, plan: Plan, project: Project, state: State, intent: Up) -> None:
        self._plan = plan
        self._project = project
        self._state = state
        self._intent = intent
        self._compared = PodComparison([], [])
        self._pods = {pod.id: pod for pod in state.pods}
        self._made: dict[str, str] = {}
        """By name of a pod that is made: the operation that does it."""
        self._gone: dict[tuple[str, int], list[str]] = defaultdict(list)
        """By service and number: the removals of containers that go with their pod."""
        self.leaving: dict[str, str] = {}
        """By id of a container that goes with its pod: why."""
        self.fellows: set[str] = set()
        """Services whose containers are made again with their pod, named or not."""

    def compare(self, services: Collection[str], new_networks: Collection[str]) -> None:
        """Look at the pods of ``services``, before anything is planned for their members."""
        arguments = (self._project, self._state, self._intent)
        self._compared = compare_pods(*arguments, services, new_networks)
        going, remade = self._compared.going, self._compared.remade
        for container in self._state.containers:
            if container.pod in going:
                self.leaving[container.id] = going[container.pod]
                if container.pod in remade and not container.oneoff:
                    self.fellows.add(container.service)

    def add(self, shared: Iterable[str]) -> None:
        """Remove what does not fit, and make what is missing after the operations ``shared``."""
        removals: dict[str, str] = {}
        stops: dict[str, list[str]] = defaultdict(list)
        for identity, cause in self._compared.going.items():
            gone = []
            for container in self._state.containers:
                if container.pod == identity:
                    why = f"pod {container.pod_name}: {cause}"
                    timeout = self._intent.timeout
                    removal = add_removal(self._plan, container, cause=why, timeout=timeout)
                    gone.append(removal)
                    self._gone[container.service, container.number].append(removal)
                    if container.alive:
                        stops[container.service].append(f"stop:{container.id}")
            removals[identity] = add_pod_removal(self._plan, self._pods[identity], cause, gone)
            for network in self._pods[identity].networks:
                if f"remove-network:{network}" in self._plan:
                    after = f"remove-network:{network}"
                    self._plan.order(removals[identity], after, required=True)
        dependants_first(self._plan, stops, needs(self._project, self._state.containers))
        for replica in self._compared.replicas:
            if replica.cause:
                operation = CreatePod(
                    id=f"pod:{replica.name}",
                    cause=replica.cause,
                    key=replica.key,
                    number=replica.number,
                    name=replica.name,
                )
                old = removals.get(replica.current.id, "") if replica.current else ""
                self._made[replica.name] = self._plan.add(operation, [*shared, old])

    def before(self, service: Service, number: int) -> list[str]:
        """The operations after which the replica ``number`` of ``service`` can be made."""
        made = self._made.get(self._project.pod_name(service.pod, number)) if service.pod else None
        return [*self._gone[service.name, number], *([made] if made else [])]

    def misplaced(self, service: Service, container: Container) -> str:
        """Why ``container`` is not in the pod that it should be in, or an empty text."""
        if service.pod is None:
            return f"it is in pod {container.pod_name}" if container.pod else ""
        name = self._project.pod_name(service.pod, container.number)
        return "" if container.pod_name == name and container.pod else f"it is not in pod {name}"

    def cut_off(self, container: Container) -> bool:
        """Whether ``container`` runs, but what it shares is gone: the infra container ended."""
        return container.running and lost_infra(self._pods.get(container.pod))

    def finish(self, members: Mapping[str, Collection[str]]) -> None:
        """Let pods start when their members left where they were, and remove pods without members.

        ``members`` are the names of all replicas of each service.
        """
        for replica in self._compared.replicas:
            if replica.name in self._made:
                self._after_moves(replica, members)
        kept = {r.current.id for r in self._compared.replicas if r.current}
        for pod in self._state.pods:
            known = pod.key in self._project.pods or pod.id in kept
            if not known and f"remove-pod:{pod.name}" not in self._plan:
                add_empty_pod_removal(self._plan, self._state, pod)

    def _after_moves(self, replica: PodReplica, members: Mapping[str, Collection[str]]) -> None:
        """Start the members of a new pod when the containers that they replace have let go.

        They may have the ports that the pod publishes.
        """
        pod = self._project.pods[replica.key]
        old = [
            f"stop:{c.id}"
            for c in self._state.containers
            if c.service in pod.members and (pod.single or c.number == replica.number)
        ]
        for member in pod.members:
            for name in members.get(member, ()):
                own = name == self._project.container_name(member, replica.number)
                start = f"start:{name}"
                if start in self._plan and (pod.single or own):
                    for stop in old:
                        if stop in self._plan:
                            self._plan.order(stop, start, required=True)
