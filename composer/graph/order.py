"""Order in a dependency graph: the levels of its services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]


def services_only(graph: Graph) -> Graph:
    """The part of ``graph`` that holds services."""
    nodes = [node for node, data in graph.nodes.items() if data["kind"] == "service"]
    return graph.subgraph(nodes)


def levels(graph: Graph) -> list[list[str]]:
    """Service names by level: those of one level need only services of the levels before it."""
    generations = nx.topological_generations(services_only(graph).reverse(copy=False))
    return [sorted(node.removeprefix("service:") for node in nodes) for nodes in generations]
