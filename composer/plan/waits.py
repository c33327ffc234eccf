"""What starts wait for in a plan for ``up``: dependencies that run, are healthy, or are done."""

from __future__ import annotations

from composer.graph.needs import depends_on
from composer.plan.intent import Up
from composer.plan.operations import WaitFor
from composer.plan.plan import Plan
from composer.spec.model import Condition, Project, Service


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
            ids = self._ready(name, near)
            if dependency.condition != "service_started":
                limit = self._intent.wait_timeout if self._intent.wait else None
                condition, needed = dependency.condition, dependency.required
                ids = [self.add(name, condition, needed, limit, number=near)]
            (required if dependency.required else wanted).extend(ids)
        return required, wanted

    def add(
        self,
        name: str,
        condition: Condition,
        required: bool,
        timeout: float | None = None,
        *,
        cause: str = "a service depends on it",
        number: int = 0,
    ) -> str:
        """Wait for a condition of a service; one operation however many services need it.

        ``number`` is the replica that is waited for, 0 for all; ``timeout`` is in seconds.
        """
        operation_id = f"wait:{name}:{condition}" + (f":{number}" if number else "")
        operation_id += "" if required else ":optional"
        if operation_id not in self._plan:
            names = self.names[name]
            operation = WaitFor(
                id=operation_id,
                cause=cause,
                service=name,
                containers=(names[number - 1],) if number else tuple(names),
                condition=condition,
                required=required,
                timeout=timeout,
            )
            self._plan.add(operation, self._ready(name, number))
        return operation_id

    def _in_one_pod(self, service: Service, other: str) -> bool:
        pod = self._project.pod_of(service.name)
        return pod is not None and not pod.single and other in pod.members

    def _ready(self, name: str, number: int) -> list[str]:
        """The operations after which all replicas of a service run, or one ``number`` alone."""
        if not number:
            return self.ready[name]
        replica = self.names[name][number - 1]
        return [ready for ready in self.ready[name] if ready.partition(":")[2] == replica]
