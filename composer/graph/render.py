"""Draws the dependency graph of a project: as text, as a Mermaid flowchart, as Graphviz DOT.

Takes the graph that ``composer.graph.build`` makes: an edge A → B means that A needs B.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from composer.graph.build import service_node
from composer.graph.order import levels
from composer.printable import printable

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

CONDITIONS = {
    "service_started": "started",
    "service_healthy": "healthy",
    "service_completed_successfully": "completed",
    "running_or_healthy": "healthy",
}
"""What an edge between services waits for, in a word."""


class Shape(NamedTuple):
    """How nodes of one kind are drawn."""

    title: str
    """The heading of their list in text."""
    mermaid: tuple[str, str]
    """The brackets around the label."""
    dot: str
    colour: str
    """A fill that dark text can be read on."""


SHAPES = {
    "service": Shape("Services", ("[", "]"), "box", "#cfe2ff"),
    "pod": Shape("Pods", ("[[", "]]"), "box3d", "#e2d9f3"),
    "network": Shape("Networks", ("([", "])"), "ellipse", "#d1e7dd"),
    "volume": Shape("Volumes", ("[(", ")]"), "cylinder", "#fff3cd"),
    "secret": Shape("Secrets", ("{{", "}}"), "hexagon", "#f8d7da"),
    "config": Shape("Configs", ("[/", "/]"), "parallelogram", "#e2e3e5"),
    "image": Shape("Images", ("[\\", "\\]"), "component", "#ffe5d0"),
}


# --- text -------------------------------------------------------------------------------------


def to_text(graph: Graph, title: str) -> str:
    """A page for a terminal: services by the step in which they can start, then the rest.

    Services of one step do not wait for one another. Raises networkx.NetworkXUnfeasible when
    services depend on one another in a circle.
    """
    lines = [title]
    for step, names in enumerate(levels(graph), start=1):
        lines += ["", f"Start step {step}"]
        for name in names:
            node = service_node(name)
            lines.append(f"  {_name(graph, node)}")
            lines += [f"    → {need}" for need in _needs(graph, node)]
    for kind, shape in SHAPES.items():
        nodes = [node for node in _of_kind(graph, kind) if kind != "service"]
        if nodes:
            lines += ["", shape.title]
            lines += [
                f"  {_name(graph, node)}{_notes(graph, node)}{_used(graph, node)}" for node in nodes
            ]
    return "\n".join(map(printable, lines)) + "\n"


def _needs(graph: Graph, node: str) -> Iterable[str]:
    """What a service needs, other services first, each with its condition."""
    order = list(SHAPES)
    for need in sorted(graph.successors(node), key=lambda n: (order.index(_kind(graph, n)), n)):
        kind = _kind(graph, need)
        if kind == "service":
            yield f"{_name(graph, need)} ({_condition(graph.edges[node, need])})"
        else:
            yield f"{kind} {_name(graph, need)}{_notes(graph, need)}"


def _used(graph: Graph, node: str) -> str:
    users = sorted(_name(graph, user) for user in graph.predecessors(node))
    return f"  ← {', '.join(users)}" if users else "  (not used)"


# --- Mermaid ----------------------------------------------------------------------------------


def to_mermaid(graph: Graph, title: str) -> str:
    """A flowchart of Mermaid. Internal networks are drawn with a dashed border.

    Names stand in quoted labels, and nodes have identifiers of their own (``n0``, ``n1`` …), so
    that no name can be taken for a part of the language.
    """
    ids = {node: f"n{number}" for number, node in enumerate(_sorted(graph))}
    lines = ["---", f"title: {_json(title)}", "---", "flowchart LR"]
    for node, identifier in ids.items():
        kind = _kind(graph, node)
        left, right = SHAPES[kind].mermaid
        classes = f"{kind}-internal" if graph.nodes[node].get("internal") else kind
        label = _mermaid_text(_name(graph, node) + _notes(graph, node))
        lines.append(f'  {identifier}{left}"{label}"{right}:::{classes}')
    for node, need, attributes in _edges(graph):
        lines.append(f"  {ids[node]} {_mermaid_arrow(attributes)} {ids[need]}")
    for kind in _kinds(graph):
        style = f"fill:{SHAPES[kind].colour},stroke:#333,color:#000"
        lines.append(f"  classDef {kind} {style}")
        if kind == "network":
            lines.append(f"  classDef network-internal {style},stroke-dasharray:5 3")
    return "\n".join(lines) + "\n"


def _mermaid_arrow(attributes: dict[str, Any]) -> str:
    if "condition" not in attributes:
        return "---"
    arrow = "-->" if attributes.get("required", True) else "-.->"
    return f'{arrow}|"{_condition(attributes)}"|'


def _mermaid_text(text: str) -> str:
    """Text for a quoted label: what means something there becomes an entity code."""
    return "".join(f"#{ord(char)};" if char in '#"&<>`\\' else char for char in printable(text))


# --- DOT --------------------------------------------------------------------------------------


def to_dot(graph: Graph, title: str) -> str:
    """A directed graph in Graphviz' language. Internal networks have a dashed border."""
    lines = [
        f"digraph {_dot_text(title)} {{",
        "  rankdir=LR;",
        f'  graph [label={_dot_text(title)}, labelloc=t, fontname="sans-serif"];',
        '  node [style=filled, fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    for node in _sorted(graph):
        shape = SHAPES[_kind(graph, node)]
        style = "filled,dashed" if graph.nodes[node].get("internal") else "filled"
        label = _dot_text(_name(graph, node) + _notes(graph, node))
        lines.append(
            f"  {_dot_text(node)} [label={label}, shape={shape.dot},"
            f' fillcolor="{shape.colour}", style="{style}"];'
        )
    for node, need, attributes in _edges(graph):
        lines.append(f"  {_dot_text(node)} -> {_dot_text(need)}{_dot_arrow(attributes)};")
    return "\n".join([*lines, "}"]) + "\n"


def _dot_arrow(attributes: dict[str, Any]) -> str:
    if "condition" not in attributes:
        return " [arrowhead=none]"
    style = "" if attributes.get("required", True) else ", style=dashed"
    return f" [label={_dot_text(_condition(attributes))}{style}]"


def _dot_text(text: str) -> str:
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- what all of them ask of the graph ----------------------------------------------------------


def _kind(graph: Graph, node: str) -> str:
    return str(graph.nodes[node]["kind"])


def _name(graph: Graph, node: str) -> str:
    return str(graph.nodes[node]["name"])


def _notes(graph: Graph, node: str) -> str:
    notes = [note for note in ("internal", "external") if graph.nodes[node].get(note)]
    return f" ({', '.join(notes)})" if notes else ""


def _condition(attributes: dict[str, Any]) -> str:
    condition = attributes.get("condition", "")
    word = CONDITIONS.get(condition, condition)
    return word if attributes.get("required", True) else f"{word}, optional"


def _of_kind(graph: Graph, kind: str) -> list[str]:
    return sorted(node for node in graph if _kind(graph, node) == kind)


def _kinds(graph: Graph) -> list[str]:
    return [kind for kind in SHAPES if _of_kind(graph, kind)]


def _sorted(graph: Graph) -> Sequence[str]:
    return [node for kind in SHAPES for node in _of_kind(graph, kind)]


def _edges(graph: Graph) -> list[tuple[str, str, dict[str, Any]]]:
    return sorted(graph.edges(data=True), key=lambda edge: edge[:2])


def _json(text: str) -> str:
    import json

    return json.dumps(text)
