"""What starts wait for: dependencies that run, are healthy, or are done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from composer.graph.needs import depends_on
from composer.plan.intent import Up
from composer.plan.operations import WaitFor
from composer.plan.plan import Plan
from composer.spec.model import Condition, Dependency, Project, Service


def ready_when(service: Service | None) -> Condition:
    """What ``--wait`` waits for: that ``service`` runs, or that it is done."""
    ends = service is not None and (service.pod_init is not None or service.one_shot)
    return "service_completed_successfully" if ends else "running_or_healthy"


def add_wait(
    plan: Plan,
    service: str,
    containers: Sequence[str],
    condition: Condition,
    after: Iterable[str],
    *,
    required: bool = True,
    timeout: float | None = None,
    cause: str = "a service depends on it",
    number: int = 0,
) -> str:
    """Wait for a condition of a service; one operation however many services need it. Its id.

    ``containers`` are the names of its replicas, ``number`` is the one that is waited for, 0 for
    all. Without ``required`` a condition that is not met is a warning. ``timeout`` is in seconds.
    """
    operation_id = f"wait:{service}:{condition}" + (f":{number}" if number else "")
    operation_id += "" if required else ":optional"
    if operation_id not in plan:
        operation = WaitFor(
            id=operation_id,
            cause=cause,
            service=service,
            containers=(containers[number - 1],) if number else tuple(containers),
            condition=condition,
            required=required,
            timeout=timeout,
        )
        plan.add(operation, after)
    return operation_id


class Waits:
    """Knows, service by service, when replicas are ready, and lets others wait for that."""

    def __init__(self, plan: Plan, project: Project, intent: Up) -> None:
        self._plan = plan
        self._project = project
        self._intent = intent
        self.ready: dict[str, list[str]] = {}
        """By service: the operations after which all its replicas run."""
        self.names: dict[str, list[str]] = {}
        """By service: the names of its replicas."""

    def prerequisites(self, service: Service, number: int = 0) -> tuple[list[str], list[str]]:
        """The operations that ``service`` starts after: those that must succeed, and the others.

        The replica ``number`` waits, of the members of its own pod, for those in it alone.
        """
        required: list[str] = []
        wanted: list[str] = []
        for name, dependency in depends_on(service).items():
            if name not in self.ready or not self.names[name]:
                continue
            near = number if self._in_one_pod(service, name) else 0
            if dependency.condition == "service_started":
                ids = self._ready(name, near)
            else:
                ids = [self._add(name, dependency, near)]
            (required if dependency.required else wanted).extend(ids)
        return required, wanted

    def _add(self, name: str, dependency: Dependency, number: int) -> str:
        return add_wait(
            self._plan,
            name,
            self.names[name],
            dependency.condition,
            self._ready(name, number),
            required=dependency.required,
            timeout=self._intent.wait_timeout if self._intent.wait else None,
            number=number,
        )

    def add_asked(self, name: str) -> None:
        """Wait for all replicas of a service, as the user asked (``--wait``)."""
        add_wait(
            self._plan,
            name,
            self.names[name],
            ready_when(self._project.services[name]),
            self.ready[name],
            timeout=self._intent.wait_timeout,
            cause="--wait",
        )

    def _in_one_pod(self, service: Service, other: str) -> bool:
        pod = self._project.pod_of(service.name)
        return pod is not None and not pod.single and other in pod.members

    def _ready(self, name: str, number: int) -> list[str]:
        """The operations after which all replicas of a service run, or one ``number`` alone."""
        if not number:
            return self.ready[name]
        replica = self.names[name][number - 1]
        return [ready for ready in self.ready[name] if ready.partition(":")[2] == replica]
