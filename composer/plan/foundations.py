"""What containers stand on in a plan for ``up``: networks and volumes."""

from __future__ import annotations

from collections.abc import Iterable

from composer.plan.anew import add_removals
from composer.plan.intent import Up
from composer.plan.operations import CreateNetwork, CreateVolume
from composer.plan.plan import Plan
from composer.plan.resources import missing_resources
from composer.spec.model import Project, Service
from composer.state import State

_MISSING = "it does not exist yet"
_DIFFERS = "it was not as the file says"


def add_networks_and_volumes(
    plan: Plan, project: Project, services: Iterable[Service], state: State, intent: Up
) -> tuple[list[str], set[str]]:
    """Make what ``services`` lack, after removing what ``intent`` makes anew.

    Returns the operations that make it, and the engine's names of the new networks.
    """
    ids = []
    made = set()
    removed = add_removals(plan, project, state, intent)
    there = state.without(removed)
    networks, volumes = missing_resources(project, services, there, intent.scale)
    for network in networks:
        made.add(network.name)
        operation = CreateNetwork(
            id=f"network:{network.name}",
            cause=_MISSING if network.name not in removed else _DIFFERS,
            key=network.key,
            name=network.name,
        )
        ids.append(plan.add(operation, [removed.get(network.name, "")]))
    for volume in volumes:
        operation_ = CreateVolume(
            id=f"volume:{volume.name}",
            cause=_MISSING if volume.name not in removed else _DIFFERS,
            key=volume.key,
            name=volume.name,
        )
        ids.append(plan.add(operation_, [removed.get(volume.name, "")]))
    return ids, made
