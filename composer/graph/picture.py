"""The dependency graph of a project as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composer.graph.render import CONDITIONS, SHAPES
from composer.graph.svg import Edge, Node, draw

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

OUTLINES = {
    "service": "rectangle",
    "pod": "double",
    "network": "pill",
    "volume": "cylinder",
    "secret": "hexagon",
    "config": "slanted",
    "image": "rectangle",
}
"""Outlines by kind of node."""


def to_svg(graph: Graph, title: str) -> str:
    """An SVG of the graph that ``composer.graph.build`` makes, which has to be acyclic.

    Internal networks and optional dependencies are dashed. An arrow without a word waits until
    what it leads to is started.
    """
    nodes = {}
    for name, data in graph.nodes.items():
        kind = str(data["kind"])
        notes = [note for note in ("internal", "external") if data.get(note)]
        lines = [str(data["name"])]
        if kind != "service":
            lines.append(" ".join([*notes, kind]))
        nodes[name] = Node(lines, OUTLINES[kind], SHAPES[kind].colour, bool(data.get("internal")))
    edges = {}
    for first, second, data in graph.edges(data=True):
        condition = data.get("condition", "")
        edges[first, second] = Edge(
            label="" if condition == "service_started" else CONDITIONS.get(condition, condition),
            arrow="condition" in data,
            dashed=not data.get("required", True),
        )
    return draw(graph, title, nodes, edges)
