"""Order in a dependency graph: cycles, levels, and who depends on whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from composer.errors import ComposerError
from composer.spec.model import Project

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]


def services_only(graph: Graph) -> Graph:
    """The part of ``graph`` that holds services."""
    nodes = [node for node, data in graph.nodes.items() if data["kind"] == "service"]
    return graph.subgraph(nodes)


def check_cycles(project: Project, graph: Graph) -> None:
    """Raise ``ComposerError`` with the full path if services depend on each other in a circle."""
    try:
        edges = nx.find_cycle(services_only(graph))
    except nx.NetworkXNoCycle:
        return
    names = [str(edge[0]).removeprefix("service:") for edge in edges]
    path = " → ".join([*names, names[0]])
    raise ComposerError(
        f"services depend on each other in a circle: {path}",
        hint="Remove one of these dependencies: none of the services can start before the others.",
        position=project.where(f"services.{names[0]}.depends_on"),
    )


def levels(graph: Graph) -> list[list[str]]:
    """Service names by level: those of one level need only services of the levels before it."""
    generations = nx.topological_generations(services_only(graph).reverse(copy=False))
    return [sorted(node.removeprefix("service:") for node in nodes) for nodes in generations]
