"""Plans ``down``: everything of a project away, dependants first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from composer.graph.needs import image_name
from composer.graph.selection import check_names
from composer.plan.containers import add_removal, stop_by_removal
from composer.plan.hooks import add_hooks
from composer.plan.intent import Down
from composer.plan.operations import (
    Operation,
    RemoveImage,
    RemoveNetwork,
    RemoveVolume,
)
from composer.plan.order import dependants_first, needs, owners
from composer.plan.plan import Plan
from composer.plan.pod_ends import add_empty_pod_removal
from composer.plan.providers import add_provider_calls
from composer.plan.resources import orphans
from composer.spec.model import Project
from composer.state import PROJECT, TEMPORARY, Container, State


def plan_down(project: Project | None, state: State, intent: Down) -> Plan:
    """Return the plan that takes a project away.

    ``project`` is None when only its name is known; then the labels say what belongs to it.
    Containers go before those that they need, networks and volumes after their containers. External
    networks and volumes stay, and named volumes stay unless ``intent.volumes``.
    """
    plan = Plan()
    containers = state.containers
    if project is not None:
        check_names(project, intent.services)
        strangers = {c.id for c in orphans(project, state)}
        if not intent.remove_orphans:
            containers = tuple(c for c in containers if c.id not in strangers)
            left = [c.name for c in state.containers if c.id in strangers]
            if left:
                plan.warnings.append(
                    f"Found orphan containers ({', '.join(left)}) for this project. Run this "
                    "command with the --remove-orphans flag to remove them."
                )
    if intent.services:
        containers = tuple(c for c in containers if c.service in intent.services)
    needed = needs(project, containers)
    removals = _remove_containers(plan, containers, needed, owners(project, needed), intent)
    removals += [add_empty_pod_removal(plan, state, pod) for pod in state.pods]
    if not intent.services:
        _remove_networks(plan, project, state, removals)
    if intent.volumes:
        _remove_volumes(plan, project, state, intent, removals)
    elif not intent.services:
        _remove_temporary_volumes(plan, state, removals)
    if intent.images and project is not None:
        _remove_images(plan, project, state, intent, removals)
    add_provider_calls(plan, project, intent.services, state, "down")
    add_hooks(plan, project, state)
    stop_by_removal(plan)
    return plan


def _remove_containers(
    plan: Plan,
    containers: tuple[Container, ...],
    dependencies: Mapping[str, set[str]],
    parents: Mapping[str, Iterable[str]],
    intent: Down,
) -> list[str]:
    """Stop and remove ``containers``, each after those that need it; the ids of the removals."""
    removals: dict[str, list[str]] = defaultdict(list)
    stops: dict[str, list[str]] = defaultdict(list)
    for container in containers:
        removal = add_removal(
            plan,
            container,
            cause="the project goes down",
            timeout=intent.timeout,
            volumes=intent.volumes or intent.anonymous,
        )
        removals[container.service].append(removal)
        if container.alive:
            stops[container.service].append(f"stop:{container.id}")
    dependants_first(plan, stops, dependencies)
    dependants_first(plan, removals, parents)
    return [removal for ids in removals.values() for removal in ids]


def _remove_networks(
    plan: Plan, project: Project | None, state: State, removals: list[str]
) -> None:
    ours = {n.name for n in state.networks.values() if n.labels.get(PROJECT) == state.project}
    external: set[str] = set()
    if project is not None:
        external = {n.name for n in project.networks.values() if n.external}
    for name in sorted(ours - external):
        operation = RemoveNetwork(id=f"network:{name}", cause="the project goes down", name=name)
        plan.add(operation, wanted=removals)


def _remove_volumes(
    plan: Plan, project: Project | None, state: State, intent: Down, removals: list[str]
) -> None:
    ours = {v.name for v in state.volumes.values() if v.labels.get(PROJECT) == state.project}
    if project is not None:
        external = {v.name for v in project.volumes.values() if v.external}
        named = {v.name for v in project.volumes.values()} - external
        ours = (ours - external) | (named & set(state.volumes))
        if intent.services:
            mounts = (m for name in intent.services for m in project.services[name].volumes)
            sources = {m.source for m in mounts if m.type == "volume"}
            ours &= {v.name for key, v in project.volumes.items() if key in sources}
    for name in sorted(ours):
        plan.add(RemoveVolume(id=f"volume:{name}", cause="--volumes", name=name), wanted=removals)


def _remove_temporary_volumes(plan: Plan, state: State, removals: list[str]) -> None:
    """Volumes that go with the containers which use them."""
    for name, volume in sorted(state.volumes.items()):
        if volume.labels.get(PROJECT) == state.project and volume.labels.get(TEMPORARY) == "true":
            cause = "it goes with its containers"
            plan.add(RemoveVolume(id=f"volume:{name}", cause=cause, name=name), wanted=removals)


def _remove_images(
    plan: Plan, project: Project, state: State, intent: Down, removals: list[str]
) -> None:
    for name, service in project.services.items():
        if intent.services and name not in intent.services:
            continue
        image = image_name(project, service)
        wanted = intent.images == "all" or service.image is None
        if wanted and state.image_id(image) is not None and f"rmi:{image}" not in plan:
            operation: Operation = RemoveImage(
                id=f"rmi:{image}", cause=f"--rmi {intent.images}", image=image
            )
            plan.add(operation, wanted=removals)
