"""Plans ``up``, ``create`` and ``scale``: the least that makes the engine match the project."""

from __future__ import annotations

from collections import defaultdict

from composer.graph.needs import depends_on, image_name, volume_sources
from composer.graph.selection import select
from composer.graph.sequence import in_order
from composer.plan.containers import add_removal, add_stop
from composer.plan.foundations import add_networks_and_volumes
from composer.plan.hooks import add_hooks
from composer.plan.intent import Run, Up
from composer.plan.operations import (
    CreateContainer,
    InitContainer,
    RemoveContainer,
    RestartContainer,
    StartContainer,
)
from composer.plan.order import dependants_first, sharing
from composer.plan.plan import Plan
from composer.plan.pod_ends import has_to_run
from composer.plan.pods import PodPlanner
from composer.plan.replicas import Replica, compare
from composer.plan.resources import orphans
from composer.plan.run import add_run
from composer.plan.swap import add_checks, add_return, add_swap, clear_place, remove_leftovers
from composer.plan.waits import Waits
from composer.spec.model import Project, Service
from composer.state import Container, State


def plan_up(project: Project, state: State, intent: Up) -> Plan:
    """Return the plan that brings ``state`` to what ``project`` and ``intent`` say.

    An unchanged project gives a plan without operations. Raises ``ComposerError`` for a service
    that does not exist and for external networks and volumes that are missing.
    """
    return _Planner(project, state, intent).plan_all()


class _Planner:
    """Builds one plan, service by service, each after those that it needs."""

    def __init__(self, project: Project, state: State, intent: Up) -> None:
        self.project = project
        self.state = state
        self.intent = intent
        self.plan = Plan()
        self.selected = select(project, intent.services, no_deps=intent.no_deps)
        self.shared = sharing(project)
        self.pods = PodPlanner(self.plan, project, state, intent)
        self.existing: dict[str, list[Container]] = defaultdict(list)
        self.inherited: dict[tuple[str, int], dict[str, str]] = {}
        """By service and number: volumes of a container that goes before its replacement comes."""
        self.recreated: set[str] = set()
        for container in state.containers:
            if container.id in intent.inherited:
                self.inherited[container.service, container.number] = intent.inherited[container.id]
                self.recreated.add(container.service)
            elif not container.oneoff:
                self.existing[container.service].append(container)
        self.new_networks: set[str] = set(intent.anew_networks)
        self.created: dict[str, list[str]] = {}
        """By service: the operations after which all its replicas exist."""
        self.waits = Waits(self.plan, project, intent)
        self.ready, self.names = self.waits.ready, self.waits.names
        self.current: dict[str, str] = {}
        """By service: the id of its first container, empty when this plan makes it."""
        self.removals: dict[str, list[str]] = defaultdict(list)
        """By service: the operations that remove containers which are replaced."""
        self.started: list[str] = []
        self.replaced: dict[str, list[str]] = defaultdict(list)
        """By name of a replica: the removals of the containers whose place it takes."""
        self.gated: set[str] = set()
        """Services that have hooks or wait for a condition, or for one that does."""

    def plan_all(self) -> Plan:
        services = [self.project.services[name] for name in self.selected]
        shared, made = add_networks_and_volumes(
            self.plan, self.project, services, self.state, self.intent
        )
        self.new_networks |= made
        self._add_pods(shared)
        if self.intent.remove_orphans:
            self._remove_orphans()
        elif not self.intent.ignore_orphans:
            self._name_orphans()
        for name in in_order(self.project):
            if name in self.selected or self._follows(self.project.services[name]):
                self._add_service(self.project.services[name], shared)
        dependants_first(self.plan, self.removals, self.shared, required=True)
        self.pods.finish(self.names)
        self._finish()
        add_hooks(self.plan, self.project, self.state)
        return self.plan

    # --- what containers stand on --------------------------------------------------------------

    def _add_pods(self, shared: list[str]) -> None:
        """Pods that go take all their members along, named or not."""
        self.pods.compare(self.selected, self.new_networks)
        self.recreated |= self.pods.fellows
        further = self.pods.fellows - {*self.selected}
        self.selected += [name for name in self.project.services if name in further]
        for name, containers in self.existing.items():
            left = [c for c in containers if c.id not in self.pods.leaving]
            self.existing[name] = left
        self.pods.add(shared)

    # --- orphans -------------------------------------------------------------------------------

    def _remove_orphans(self) -> None:
        for container in orphans(self.project, self.state):
            self._add_removal(container, "no service of the file")
        for container in self.state.containers:
            if (
                container.oneoff
                and not container.alive
                and f"remove:{container.id}" not in self.plan
            ):
                self._add_removal(container, "it ran one command, and has ended")

    def _name_orphans(self) -> None:
        found = [container.name for container in orphans(self.project, self.state)]
        if found:
            self.plan.warnings.append(
                f"Found orphan containers ({', '.join(found)}) for this project. If you removed or "
                "renamed this service in your compose file, run this command with the "
                "--remove-orphans flag to clean it up."
            )

    # --- one service ---------------------------------------------------------------------------

    def _add_service(self, service: Service, shared: list[str]) -> None:
        if service.provider is not None:
            self.names[service.name] = self.ready[service.name] = []
            return
        if self.intent.run is not None and service.name == self.intent.run.service:
            self._add_run(service, self.intent.run, shared)
            return
        comparison = compare(
            self.project,
            service,
            self.existing[service.name],
            self.state,
            self.intent,
            image=image_name(self.project, service),
            new_networks=self.new_networks,
            forced=self._forced(service),
            parents={p: self.current[p] for p in self._parents(service) if p in self.current},
            misplaced=lambda container: self.pods.misplaced(service, container),
        )
        self.names[service.name] = [replica.name for replica in comparison.replicas]
        first = [r.current for r in comparison.replicas[:1] if not r.cause]
        self.current[service.name] = first[0].id if first and first[0] else ""
        needed = {name: d for name, d in depends_on(service).items() if self.names.get(name)}
        slow = any(d.condition != "service_started" or n in self.gated for n, d in needed.items())
        if slow or service.pre_start or service.post_start:
            self.gated.add(service.name)
        self.ready[service.name] = []
        self.created[service.name] = []
        for replica in comparison.replicas:
            self._add_replica(service, replica, shared)
        wanted = len(comparison.replicas)
        for container in comparison.surplus:
            self._add_removal(container, f"scaled to {wanted}")

    def _add_replica(self, service: Service, replica: Replica, shared: list[str]) -> None:
        current = replica.current
        cleared = clear_place(self.plan, replica, self.intent.timeout)
        before = [*shared, *cleared, *self.pods.before(service, replica.number)]
        cut_off = current is not None and self.pods.cut_off(current)
        if current is None:
            created = self._add_create(service, replica, before)
            self.created[service.name].append(created)
            ready = self._add_init(service, replica, created)
            self._add_start(service, replica, [ready], "it was just created")
        elif replica.cause:
            self._add_recreate(service, replica, current, before)
        else:
            placed = add_return(self.plan, replica, current, before)
            rests = current.running and not cut_off
            if rests or not self.intent.start or not has_to_run(service, current, self.state):
                self._keep(service, replica, current)
            else:
                if current.alive:
                    timeout = self.intent.timeout
                    cause = "its pod's infra container has ended" if cut_off else "it is ending"
                    stop = add_stop(self.plan, current, cause=cause, timeout=timeout)
                    placed.append(stop)
                self._add_start(service, replica, placed, "it is not running")
        older = remove_leftovers(self.plan, replica, self.intent.timeout)
        self.replaced[replica.name] += older
        self.removals[service.name] += [*cleared, *older]

    def _add_run(self, service: Service, run: Run, shared: list[str]) -> None:
        """The container of ``run``, once what it depends on is ready. Nothing waits for it."""
        self.names[service.name] = self.ready[service.name] = []
        required, wanted = self.waits.prerequisites(service)
        parents = [op for p in self._parents(service) for op in self.created.get(p, [])]
        add_run(self.plan, run, [*shared, *parents, *required], wanted)

    def _follows(self, service: Service) -> bool:
        """Whether ``service`` has to be dealt with, though it was not named.

        Its containers live in namespaces of one that is replaced, and Podman removes that only
        after them.
        """
        replaced = any(parent in self.recreated for parent in self.shared[service.name])
        return replaced and bool(self.existing[service.name])

    def _parents(self, service: Service) -> tuple[str, ...]:
        """The services whose containers those of ``service`` are bound to."""
        return (*self.shared[service.name], *volume_sources(service))

    def _forced(self, service: Service) -> str:
        """A cause to recreate ``service`` that comes from another service."""
        for kind, names in (
            ("namespace it shares", self.shared[service.name]),
            ("volumes it uses", volume_sources(service)),
        ):
            parents = [name for name in names if name in self.recreated]
            if parents:
                return f"service {parents[0]}, whose {kind}, is recreated"
        named = self.intent.services
        if self.intent.recreate_deps and named and service.name not in named:
            return "--always-recreate-deps"
        return ""

    def _keep(self, service: Service, replica: Replica, container: Container) -> None:
        """A container that stays. It restarts if a dependency that asks for it was recreated.

        And if it lives in the namespaces of one that did not run: that one has new ones now.
        """
        causes = [
            f"its dependency {name} is recreated"
            for name, dependency in depends_on(service).items()
            if dependency.restart and name in self.recreated
        ]
        causes += [
            f"service {parent}, whose namespace it shares, is started"
            for parent in self.shared[service.name]
            if any(f"start:{name}" in self.plan for name in self.names.get(parent, ()))
        ]
        if not (causes and container.running and self.intent.start):
            self.plan.kept.append(container)
            return
        operation = RestartContainer(
            id=f"restart:{replica.name}",
            cause=causes[0],
            container=container.id,
            name=container.name,
            timeout=self.intent.timeout,
        )
        after, wanted = self.waits.prerequisites(service, replica.number)
        self.ready[service.name].append(self.plan.add(operation, after, wanted=wanted))

    def _add_create(self, service: Service, replica: Replica, before: list[str]) -> str:
        """Create a container once its networks, volumes and namespace parents exist."""
        parents = self._parents(service)
        before = [*before, *(op for p in parents for op in self.created.get(p, []))]
        operation = CreateContainer(
            id=f"create:{replica.name}",
            cause=replica.cause,
            service=service.name,
            number=replica.number,
            name=replica.name,
            replaces=replica.current.id if replica.current else None,
            inherits=self.inherited.get((service.name, replica.number), {}),
            renew_anonymous_volumes=self.intent.renew_anonymous_volumes,
            provisional=replica.current is not None,
        )
        return self.plan.add(operation, before)

    def _add_recreate(
        self, service: Service, replica: Replica, old: Container, before: list[str]
    ) -> None:
        """Create the new container beside the old one, swap them, remove the old one.

        The old one goes on until the new one is there, and is kept to go back to until that runs.
        """
        self.recreated.add(service.name)
        after, wanted = self.waits.prerequisites(service, replica.number)
        if self.pods.before(service, replica.number):
            # Its new pod starts with others, and they when all have let go of what they held.
            after, wanted = [], []
        ids = [self._add_create(service, replica, before)]
        if f"stop:{old.id}" in self.plan:
            ids.append(f"stop:{old.id}")
        elif old.alive or old.status == "initialized":
            stop = add_stop(
                self.plan,
                old,
                cause=replica.cause,
                timeout=self.intent.timeout,
                after=[*ids, *after],
                wanted=wanted,
                replaced_by=replica.name,
            )
            ids.append(stop)
        placed, old_name = add_swap(self.plan, replica, old, ids)
        ids.append(placed)
        self.created[service.name].append(placed)
        cause = "it replaces the old container"
        replaced = self._add_start(service, replica, ids, cause, replaces=old_name)
        remove = RemoveContainer(
            id=f"remove:{old.id}",
            cause="it is replaced",
            container=old.id,
            name=old_name,
            volumes=self.intent.renew_anonymous_volumes,
            replaced_by=replica.name,
        )
        removal = self.plan.add(remove, [*ids, replaced])
        self.replaced[replica.name].append(removal)
        self.removals[service.name].append(removal)

    def _add_init(self, service: Service, replica: Replica, created: str) -> str:
        """Prepare a new container while others start; the operation to start it after.

        Setting up takes some ten times as long as starting, and need not wait for dependencies. Not
        where a condition is waited for: that may take long or fail, and a prepared container holds
        its ports. Nor in the namespace of another container, which has to run first.
        """
        needed = any(self.names.get(name) for name in depends_on(service))
        shares = self.shared[service.name] or (service.network_mode or "").startswith("container:")
        if not (self.intent.start and needed) or shares or service.name in self.gated:
            return created
        if service.pod is not None:
            return created
        operation = InitContainer(
            id=f"init:{replica.name}",
            cause="it is ready to start as soon as what it depends on is",
            container=replica.name,
            name=replica.name,
        )
        return self.plan.add(operation, [created])

    def _add_start(
        self,
        service: Service,
        replica: Replica,
        after: list[str],
        cause: str,
        *,
        replaces: str | None = None,
    ) -> str:
        """Start a replica after what it depends on; the id of the operation, or empty."""
        if not self.intent.start:
            return ""
        conditions, wanted = self.waits.prerequisites(service, replica.number)
        name = replica.name
        known = replica.current if not replica.cause else None
        operation = StartContainer(
            id=f"start:{name}",
            cause=cause,
            service=service.name,
            container=known.id if known else name,
            name=name,
            replaces=replaces,
        )
        self.started.append(name)
        self.ready[service.name].append(operation.id)
        return self.plan.add(operation, [*after, *conditions], wanted=wanted)

    def _add_removal(self, container: Container, cause: str) -> None:
        removal = add_removal(self.plan, container, cause=cause, timeout=self.intent.timeout)
        self.removals[container.service].append(removal)

    # --- the end -------------------------------------------------------------------------------

    def _finish(self) -> None:
        if self.intent.wait:
            for name in self.selected:
                if self.names[name]:
                    self.waits.add_asked(name)
        if self.intent.check_started:
            add_checks(self.plan, self.started, self.replaced)
