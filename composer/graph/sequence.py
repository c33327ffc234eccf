"""The order in which services start, found without networkx, which takes long to import."""

from __future__ import annotations

from graphlib import TopologicalSorter

from composer.errors import ComposerError
from composer.graph.needs import depends_on
from composer.spec.cycles import find_cycle
from composer.spec.model import Project


def check_cycles(project: Project) -> None:
    """Raise ``ComposerError`` with the full path if services depend on each other in a circle."""
    cycle = find_cycle(_needed(project))
    if cycle:
        raise ComposerError(
            f"services depend on each other in a circle: {' → '.join(cycle)}",
            hint="Remove one of these dependencies: none of the services can start before "
            "the others.",
            position=project.where(f"services.{cycle[0]}.depends_on"),
        )


def in_order(project: Project) -> list[str]:
    """The names of all services, each after those that it needs. There must be no cycle."""
    return list(TopologicalSorter(_needed(project)).static_order())


def _needed(project: Project) -> dict[str, list[str]]:
    return {
        name: [other for other in depends_on(service) if other in project.services]
        for name, service in project.services.items()
    }
