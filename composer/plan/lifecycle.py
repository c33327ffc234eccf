"""Plans commands on containers that exist: ``start``, ``stop``, ``pause``, ``rm`` and so on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from composer.errors import ComposerError
from composer.graph.needs import depends_on
from composer.graph.selection import check_names
from composer.plan.containers import add_stop, add_unpause
from composer.plan.hooks import add_hooks
from composer.plan.intent import Lifecycle
from composer.plan.operations import (
    KillContainer,
    PauseContainer,
    RemoveContainer,
    RestartContainer,
    StartContainer,
)
from composer.plan.order import dependants_first, dependencies_first, needs, owners
from composer.plan.plan import Plan
from composer.plan.pod_ends import (
    add_empty_pod_removal,
    add_pod_stops,
    has_to_run,
    lost_infra,
)
from composer.plan.providers import add_provider_calls
from composer.plan.resources import orphans
from composer.plan.waits import add_wait, ready_when
from composer.spec.model import Dependency, Project
from composer.state import Container, State


def plan_lifecycle(project: Project | None, state: State, intent: Lifecycle) -> Plan:
    """Return the plan for ``intent`` on the containers that ``state`` has.

    ``project`` is None when only its name is known. Raises ``ComposerError`` for a service that
    does not exist, and for ``start`` of a service that has no container.
    """
    if project is not None:
        check_names(project, intent.services)
    containers = [c for c in state.containers if not c.oneoff]
    if intent.services:
        wanted = set(intent.services)
        if project is not None and intent.action == "restart" and not intent.no_deps:
            wanted |= _restarting_with(project, wanted)
        containers = [c for c in containers if c.service in wanted]
    elif project is not None and not intent.remove_orphans:
        strangers = {c.id for c in orphans(project, state)}
        containers = [c for c in containers if c.id not in strangers]
    planner = _Planner(project, state, containers, intent)
    getattr(planner, intent.action)()
    if intent.action in ("stop", "kill"):
        add_pod_stops(planner.plan, state, idle=intent.action == "stop" and not intent.services)
    if intent.action == "rm":
        for pod in state.pods:
            add_empty_pod_removal(planner.plan, state, pod)
    if intent.action == "stop":
        add_provider_calls(planner.plan, project, intent.services, state, "stop")
    add_hooks(planner.plan, project, state)
    return planner.plan


def _restarting_with(project: Project, names: Collection[str]) -> set[str]:
    """The services that restart when one of ``names`` does: ``depends_on.*.restart``, all the way.

    So do those that share its namespaces, which it leaves and enters anew.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        for service in project.services.values():
            dependency = depends_on(service).get(name)
            if dependency is not None and dependency.restart and service.name not in found:
                found.add(service.name)
                waiting.append(service.name)
    return found


class _Planner:
    """One method for each action. ``containers`` are those that the command is about."""

    def __init__(
        self,
        project: Project | None,
        state: State,
        containers: list[Container],
        intent: Lifecycle,
    ) -> None:
        self.plan = Plan()
        self.project = project
        self.state = state
        self.containers = containers
        self.pods = {pod.id: pod for pod in state.pods}
        self.intent = intent

    def start(self) -> None:
        """Start what does not run, each after what it depends on."""
        groups = _by_service(self.containers)
        for name in self.intent.services:
            if name not in groups:
                raise ComposerError(
                    f"service {name} has no container to start",
                    hint=f"Create it with `composer up -d {name}`.",
                )
        ids: dict[str, list[str]] = defaultdict(list)
        for container in self.containers:
            if self._has_to_start(container):
                start = self._add_start(container, "it is not running", stop="it is ending")
                ids[container.service].append(start)
        self._order_starts(groups, ids)
        if self.intent.wait:
            for name, group in groups.items():
                service = self.project.services.get(name) if self.project else None
                add_wait(
                    self.plan,
                    name,
                    [container.name for container in group],
                    ready_when(service),
                    ids[name],
                    timeout=self.intent.wait_timeout,
                    cause="--wait",
                )

    def _add_start(self, container: Container, cause: str, *, stop: str) -> str:
        """Start ``container``, after it is stopped if its process exists: ``stop`` says why."""
        operation = StartContainer(
            id=f"start:{container.name}",
            cause=cause,
            service=container.service,
            container=container.id,
            name=container.name,
        )
        after = [self._add_stop(container, stop)] if container.alive else []
        return self.plan.add(operation, after)

    def _has_to_start(self, container: Container) -> bool:
        """Whether it does not run, or not with what its pod shares, and should."""
        if container.running:
            return lost_infra(self.pods.get(container.pod))
        service = self.project.services.get(container.service) if self.project else None
        return service is None or has_to_run(service, container, self.state)

    def stop(self) -> None:
        """Stop what runs, each before what it depends on."""
        stops: dict[str, list[str]] = defaultdict(list)
        for container in self.containers:
            if container.alive:
                stop = self._add_stop(container, "asked for")
                stops[container.service].append(stop)
        dependants_first(self.plan, stops, needs(self.project, self.state.containers))

    def _add_stop(self, container: Container, cause: str) -> str:
        return add_stop(self.plan, container, cause=cause, timeout=self.intent.timeout)

    def _awake(self, container: Container) -> list[str]:
        """What wakes ``container`` if it is paused: then no signal reaches it."""
        if container.status != "paused":
            return []
        return [add_unpause(self.plan, container, cause="what is paused hears no signal")]

    def restart(self) -> None:
        """Restart, each after what it depends on."""
        ids: dict[str, list[str]] = defaultdict(list)
        for container in self.containers:
            if lost_infra(self.pods.get(container.pod)):
                # Podman restarts no member of a pod that does not run, but starts both.
                if self._has_to_start(container) and not self._is_done(container):
                    start = self._add_start(container, "asked for", stop="asked for")
                    ids[container.service].append(start)
                continue
            if self._is_done(container):
                continue
            operation = RestartContainer(
                id=f"restart:{container.name}",
                cause="asked for",
                container=container.id,
                name=container.name,
                timeout=self.intent.timeout,
            )
            ids[container.service].append(self.plan.add(operation, self._awake(container)))
        if not self.intent.no_deps:
            dependencies_first(self.plan, ids, needs(self.project, self.state.containers))

    def _is_done(self, container: Container) -> bool:
        """Whether it is an init container that has done its work, and was not named."""
        service = self.project.services.get(container.service) if self.project else None
        if service is None or service.pod_init is None or service.name in self.intent.services:
            return False
        return not has_to_run(service, container, self.state)

    def kill(self) -> None:
        """Send the signal to what runs."""
        for container in self.containers:
            if container.running:
                operation = KillContainer(
                    id=f"kill:{container.name}",
                    cause="asked for",
                    container=container.id,
                    name=container.name,
                    signal=self.intent.signal,
                )
                self.plan.add(operation, self._awake(container))

    def pause(self) -> None:
        """Pause what runs."""
        for container in self.containers:
            if container.status == "running":
                operation = PauseContainer(
                    id=f"pause:{container.name}",
                    cause="asked for",
                    container=container.id,
                    name=container.name,
                )
                self.plan.add(operation)

    def unpause(self) -> None:
        """Let what is paused go on."""
        for container in self.containers:
            if container.status == "paused":
                add_unpause(self.plan, container, cause="asked for", asked=True)

    def rm(self) -> None:
        """Remove stopped containers; with ``--stop`` those that run are stopped first."""
        if self.intent.stop:
            self.stop()
        removals: dict[str, list[str]] = defaultdict(list)
        for container in self.containers:
            if self.intent.stop or not container.alive:
                operation = RemoveContainer(
                    id=f"remove:{container.id}",
                    cause="asked for",
                    container=container.id,
                    name=container.name,
                    volumes=self.intent.volumes,
                )
                removal = self.plan.add(operation, [f"stop:{container.id}"])
                removals[container.service].append(removal)
        needed = needs(self.project, self.state.containers)
        dependants_first(self.plan, removals, owners(self.project, needed))

    def _order_starts(self, groups: dict[str, list[Container]], ids: dict[str, list[str]]) -> None:
        if self.project is None:
            needed = needs(None, self.state.containers)
            dependencies_first(self.plan, ids, needed, required=True)
            return
        for name in groups:
            service = self.project.services.get(name)
            if service is None or not ids[name]:
                continue
            for dependency, how in depends_on(service).items():
                if dependency not in groups:
                    continue
                before = ids[dependency]
                if how.condition != "service_started":
                    before = [self._add_wait(dependency, how, groups[dependency], before)]
                self.plan.order_all(before, ids[name], required=how.required)

    def _add_wait(
        self, name: str, dependency: Dependency, containers: list[Container], after: list[str]
    ) -> str:
        return add_wait(
            self.plan,
            name,
            [container.name for container in containers],
            dependency.condition,
            after,
            required=dependency.required,
            timeout=self.intent.wait_timeout if self.intent.wait else None,
        )


def _by_service(containers: Iterable[Container]) -> dict[str, list[Container]]:
    groups: dict[str, list[Container]] = defaultdict(list)
    for container in containers:
        groups[container.service].append(container)
    return groups
