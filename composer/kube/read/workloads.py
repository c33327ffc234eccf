"""Which pods the manifests ask for, and what the services of their containers are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from composer.errors import ComposerError
from composer.kube.names import DEPENDS_ON, NAME
from composer.kube.read.checks import WORKLOADS, pod_of
from composer.kube.read.cursor import Cursor
from composer.kube.read.draft import Draft
from composer.kube.read.objects import Object
from composer.spec.schema.pods import CONDITIONS
from composer.spec.validate import nearest

Role = Literal["init", "sidecar", "main"]
_COMPLETED = "service_completed_successfully"


@dataclass
class Member:
    """A container, and the service that it becomes."""

    container: str
    said: Cursor
    role: Role
    service: str = ""


@dataclass
class Workload:
    """Containers that are together in a pod, or one that is alone."""

    one: Object
    key: str
    """What its pod, or its only service, is called."""
    members: list[Member]
    replicas: int
    needs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By container: what it depends on, each with its condition (our own annotation)."""
    aliases: list[str] = field(default_factory=list)
    """Further names that it has in its networks."""

    @property
    def pod(self) -> Cursor:
        """What has the pod's ``metadata`` and ``spec``."""
        return pod_of(self.one)

    @property
    def spec(self) -> Cursor:
        """The pod's ``spec``."""
        return self.pod.get("spec")

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods, which Services look for."""
        return self.pod.get("metadata", "labels").pairs()

    @property
    def main(self) -> list[Member]:
        """The containers that make it what it is."""
        return [member for member in self.members if member.role == "main"]

    @property
    def inits(self) -> list[Member]:
        """The containers that run to their end before the others start, in their order."""
        return [member for member in self.members if member.role == "init"]

    def alone(self, member: Member) -> bool:
        """Whether ``member`` is an init container that was a service of its own before we made
        manifests of it: our annotation says who waits for its end."""
        return member.role == "init" and any(
            said.get(member.container) == _COMPLETED for said in self.needs.values()
        )

    @property
    def together(self) -> list[Member]:
        """The containers that are in one pod; a single one needs none."""
        found = [member for member in self.members if not self.alone(member)]
        return found if len(found) > 1 else []


def workloads(draft: Draft, scale: Mapping[str, int]) -> list[Workload]:
    """The workloads of the files, named. ``scale`` stands above what they say of replicas.

    Raises ``ComposerError`` for a name in ``scale`` that nothing has.
    """
    found = [
        Workload(one, one.name, _members(one), _replicas(one), _needs(draft, one))
        for one in _objects(draft)
    ]
    _name(found)
    _count_pods(draft, found)
    known: dict[str, Workload] = {}
    for workload in found:
        known |= {member.service: workload for member in workload.members}
    for workload in found:
        known |= {workload.one.name: workload, workload.key: workload}
    for name, count in scale.items():
        if name not in known:
            raise ComposerError(f"there is no workload {name} to scale", hint=nearest(name, known))
        known[name].replicas = count
    return found


def _objects(draft: Draft) -> list[Object]:
    """The workloads, of replicas that we have written as pods the first only."""
    found = []
    seen = set()
    for one in draft.of_kind(*WORKLOADS):
        replica = one.kind == "Pod" and one.ours and one.labels.get(NAME)
        if replica and replica in seen:
            continue
        seen.add(replica)
        found.append(one)
    return found


def _count_pods(draft: Draft, found: list[Workload]) -> None:
    """How many replicas we have written as pods of their own."""
    pods = Counter(one.labels.get(NAME) for one in draft.of_kind("Pod") if one.ours)
    for workload in found:
        if workload.one.kind == "Pod" and workload.one.ours:
            workload.replicas = max(1, pods[workload.one.labels.get(NAME)])


def _members(one: Object) -> list[Member]:
    spec = pod_of(one).get("spec")
    found = []
    for said in spec.get("initContainers").each():
        role: Role = "sidecar" if said.get("restartPolicy").value == "Always" else "init"
        found.append(Member(said.get("name").text(), said, role))
    main = spec.get("containers").each()
    return found + [Member(said.get("name").text(), said, "main") for said in main]


def _replicas(one: Object) -> int:
    spec = one.root.get("spec")
    if one.kind == "Job":
        wanted = spec.get("completions").number(1)
        return min(spec.get("parallelism").number(1), wanted)
    return spec.get("replicas").number(1) if one.kind in ("Deployment", "StatefulSet") else 1


def _needs(draft: Draft, one: Object) -> Mapping[str, Mapping[str, str]]:
    """By container: what our annotations say that it waits for, and the condition."""
    found: dict[str, dict[str, str]] = {}
    for key, said in one.root.get("metadata", "annotations").items():
        container, ours, name = key.partition(DEPENDS_ON)
        if not ours:
            continue
        if said.value in CONDITIONS:
            found.setdefault(container, {})[name] = said.text()
        else:
            draft.wrong(said, "is no condition", f"write one of {', '.join(CONDITIONS)}")
    return found


def _name(found: list[Workload]) -> None:
    """Give all services a name that no other has, of those that their containers have."""
    taken: set[str] = set()
    for workload in found:
        workload.key = workload.one.labels.get(NAME, "") if workload.one.ours else ""
        workload.key = workload.key or workload.one.name
        if any(other.key == workload.key for other in found if other is not workload):
            workload.key = f"{workload.one.name}-{workload.one.kind.lower()}"
        if not workload.together:
            taken.add(workload.key)
    wanted = Counter(
        member.container
        for workload in found
        for member in workload.members
        if workload.together or workload.alone(member)
    )
    for workload in found:
        for member in workload.members:
            if not workload.together and not workload.alone(member):
                member.service = workload.key
                continue
            name = member.container
            if name in taken or wanted[name] > 1:
                name = f"{workload.key}-{member.container}"
            while name in taken:
                name += "-1"
            taken.add(name)
            member.service = name
