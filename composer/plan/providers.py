"""Services that a program provides: when it is called, and what its variables do to dependants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from composer.graph.needs import depends_on
from composer.graph.selection import select
from composer.plan.operations import CallProvider, RemoveContainer, StopContainer
from composer.plan.plan import Plan
from composer.spec.model import Project, Service
from composer.state import State


def providers(project: Project, services: Iterable[str]) -> list[str]:
    """The provided services that ``services`` are or depend on, each after those that it needs.

    Also where dependencies are left alone (``--no-deps``): a container has the variables of its
    providers, and without them it would be another one.
    """
    found: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        service = project.services.get(name)
        if service is None or name in path:
            return
        if service.provider is not None:
            for needed in depends_on(service):
                visit(needed, (*path, name))
            found.setdefault(name)

    for name in services:
        visit(name, ())
        for needed in depends_on(project.services[name]):
            visit(needed, ())
    return list(found)


def containers_before(project: Project, provider: str) -> list[str]:
    """The services with containers that have to run before ``provider`` is called."""
    needed = select(project, [provider])
    return [name for name in needed if project.services[name].provider is None]


def plan_provided(project: Project, names: Sequence[str]) -> Plan:
    """Call the programs of ``names`` (``compose up``), each after those that it depends on."""
    plan = Plan()
    for name in names:
        needed = [f"provider:{n}" for n in depends_on(project.services[name])]
        plan.add(_call(name, "up", f"service {name} has a provider"), needed)
    return plan


def add_provider_calls(
    plan: Plan,
    project: Project | None,
    services: Sequence[str],
    state: State,
    command: Literal["down", "stop"],
) -> None:
    """Call the programs of ``services`` (all if empty), each after what depends on it is gone.

    A container that does not end holds up no provider.
    """
    if project is None:
        return
    owners = {c.id: c.service for c in state.containers}
    ends = RemoveContainer if command == "down" else StopContainer
    for name in reversed(providers(project, services or project.services)):
        if services and name not in services:
            continue
        users = {n for n, s in project.services.items() if name in depends_on(s)}
        wanted = [
            o.id
            for o in plan
            if (isinstance(o, CallProvider) and o.service in users)
            or (isinstance(o, ends) and owners.get(getattr(o, "container", "")) in users)
        ]
        plan.add(_call(name, command, f"the project's {command}"), wanted=wanted)


def _call(name: str, command: Literal["up", "down", "stop"], cause: str) -> CallProvider:
    return CallProvider(id=f"provider:{name}", cause=cause, service=name, command=command)


def with_provided(project: Project, provided: Mapping[str, Mapping[str, str]]) -> Project:
    """``project`` whose services have the variables of the providers that they depend on."""
    services = dict(project.services)
    for name, service in project.services.items():
        found: dict[str, str] = {}
        for provider in depends_on(service):
            found.update(provided.get(provider, {}))
        services[name] = with_variables(service, found)
    return msgspec.structs.replace(project, services=services)


def with_variables(service: Service, variables: Mapping[str, str]) -> Service:
    """``service`` with further environment ``variables``, which are a part of what it is."""
    if not variables:
        return service
    text = json.dumps([service.config_hash, sorted(variables.items())])
    return msgspec.structs.replace(
        service,
        environment={**service.environment, **variables},
        config_hash=hashlib.sha256(text.encode()).hexdigest(),
    )
