"""Adds lifecycle hooks to a plan: ``pre_start``, ``post_start`` and ``pre_stop`` of services.

Planners decide what starts and what stops; here each of these steps gets its hooks, whichever
command it belongs to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from composer.graph.needs import image_name
from composer.plan.operations import (
    Operation,
    RestartContainer,
    RunPostStart,
    RunPreStart,
    RunPreStop,
    StartContainer,
    StopContainer,
)
from composer.plan.plan import Plan
from composer.spec.model import Attachment, Healthcheck, Project, Service
from composer.state import Container, State


def add_hooks(plan: Plan, project: Project | None, state: State) -> None:
    """Add the hooks of ``project`` to ``plan``; none without a file, which alone knows them.

    ``post_start`` runs after each start and restart, and before what waits for that; ``pre_stop``
    before each stop and restart. ``pre_start`` runs before the first container of a service
    starts, and not when a replica is added to others that run.
    """
    if project is None:
        return
    services = {**project.disabled_services, **project.services}
    known = {c.id: c for c in state.containers if not c.oneoff and c.service in services}
    starts: dict[str, list[StartContainer]] = defaultdict(list)
    for operation in list(plan):
        if isinstance(operation, StartContainer) and operation.service in services:
            starts[operation.service].append(operation)
            _add_post_start(plan, operation, services[operation.service], operation.container)
        elif isinstance(operation, StopContainer | RestartContainer):
            container = known.get(operation.container)
            if container is None:
                continue
            if container.running:
                _add_pre_stop(plan, operation, services[container.service], container)
            if isinstance(operation, RestartContainer):
                _add_post_start(plan, operation, services[container.service], container.id)
    stopped = {o.container for o in plan if isinstance(o, StopContainer)}
    running = {c.service for c in known.values() if c.alive and c.id not in stopped}
    for name, operations in starts.items():
        _add_pre_start(plan, project.name, services[name], operations, name not in running)


def _add_post_start(
    plan: Plan, operation: StartContainer | RestartContainer, service: Service, container: str
) -> None:
    hooks = [
        RunPostStart(
            id=f"post_start:{operation.name}:{index}",
            cause=f"post_start[{index}] of service {service.name}",
            service=service.name,
            container=container,
            name=operation.name,
            index=index,
        )
        for index in range(len(service.post_start))
    ]
    if hooks:
        later = dict(plan.after(operation.id))
        _chain(plan, hooks)
        plan.order(operation.id, hooks[0].id, required=True)
        for after, required in later.items():
            plan.order(hooks[-1].id, after, required=required)


def _add_pre_stop(plan: Plan, operation: Operation, service: Service, container: Container) -> None:
    hooks = [
        RunPreStop(
            id=f"pre_stop:{container.id}:{index}",
            cause=f"pre_stop[{index}] of service {service.name}",
            service=service.name,
            container=container.id,
            name=container.name,
            index=index,
        )
        for index in range(len(service.pre_stop))
    ]
    _put_before(plan, hooks, [operation])


def _add_pre_start(
    plan: Plan, project: str, service: Service, starts: Sequence[StartContainer], first: bool
) -> None:
    """``pre_start``: once for the service if ``first``; those of each replica in any case."""
    whole = f"{project}-{service.name}"
    shared = [index for index, hook in enumerate(service.pre_start) if not hook.per_replica]
    if first:
        _put_before(plan, [_pre_start(whole, service, starts[0], i) for i in shared], starts)
    own = [index for index in range(len(service.pre_start)) if index not in shared]
    for start in starts:
        _put_before(plan, [_pre_start(start.name, service, start, i) for i in own], [start])


def _pre_start(prefix: str, service: Service, start: StartContainer, index: int) -> RunPreStart:
    name = f"{prefix}-pre_start-{index}"
    return RunPreStart(
        id=f"pre_start:{name}",
        cause=f"pre_start[{index}] of service {service.name}",
        service=service.name,
        index=index,
        container=start.container,
        name=name,
    )


def _put_before(plan: Plan, hooks: Sequence[Operation], operations: Sequence[Operation]) -> None:
    """Run ``hooks`` one after the other, after all that ``operations`` wait for, and those then."""
    if not hooks:
        return
    earlier = [pair for operation in operations for pair in plan.before(operation.id).items()]
    _chain(plan, hooks)
    for before, required in earlier:
        plan.order(before, hooks[0].id, required=required)
    for operation in operations:
        plan.order(hooks[-1].id, operation.id, required=True)


def _chain(plan: Plan, hooks: Sequence[Operation]) -> None:
    before: list[str] = []
    for hook in hooks:
        before = [plan.add(hook, before)]


def pre_start_project(project: Project, operation: RunPreStart) -> Project:
    """``project`` with the service of ``operation`` as the container of its hook has it.

    That is the service with the hook's image, command, user, folder and variables, and with the
    mounts of the replica that it prepares; nothing that a second container could not have.
    """
    service = service_of(project, operation.service)
    hook = service.pre_start[operation.index]
    replace = msgspec.structs.replace
    own = replace(
        service,
        image=hook.image or image_name(project, service),
        entrypoint=None if hook.image else service.entrypoint,
        command=hook.command,
        user=hook.user or service.user,
        privileged=hook.privileged or service.privileged,
        working_dir=hook.working_dir or service.working_dir,
        environment={**service.environment, **hook_environment(project, hook.environment)},
        volumes=(),
        tmpfs=(),
        volumes_from=(f"container:{operation.container}",),
        networks={
            key: said and Attachment(driver_opts=said.driver_opts)
            for key, said in service.networks.items()
        },
        ports=(),
        container_name=None,
        healthcheck=Healthcheck(disable=True),
        restart="no",
        deploy=service.deploy and replace(service.deploy, restart_policy=None),
        depends_on={},
    )
    return replace(project, services={**project.services, service.name: own})


def service_of(project: Project, name: str) -> Service:
    """The service ``name``, also when its profile is not active: its containers may exist."""
    return project.services.get(name) or project.disabled_services[name]


def hook_environment(project: Project, said: Mapping[str, str | None]) -> dict[str, str]:
    """The variables of a hook; one without a value is that of the environment, if it has one."""
    known = project.environment
    found = {key: known.get(key) if text is None else text for key, text in said.items()}
    return {key: text for key, text in found.items() if text is not None}
