"""Draws a graph as SVG, by itself: no other program is needed."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from composer.graph.layout import Point, Size, layered
from composer.printable import printable

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[str]

LINE = 17.0
"""Height of a line of text, in pixels."""
LETTER = 7.3
PADDING = 14.0
MARGIN = 24.0
TITLE = 30.0
CURVE = 0.5

_STYLE = """
    text { font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
           fill: #1b1f24; text-anchor: middle; }
    .title { font-size: 16px; font-weight: 600; text-anchor: start; }
    .small { font-size: 11px; fill: #57606a; }
    .label { font-size: 11px; fill: #57606a; stroke: #fff; stroke-width: 4px; paint-order: stroke; }
    .node { stroke: #57606a; stroke-width: 1.2; }
    .edge { fill: none; stroke: #8c959f; stroke-width: 1.4; }
    .dashed { stroke-dasharray: 5 4; }
"""

_ARROW = (
    '  <defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
    ' markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#8c959f"/></marker></defs>'
)


class Node(NamedTuple):
    """How a node is drawn."""

    lines: Sequence[str]
    """Its text; the first line is large."""
    outline: str
    """One of ``OUTLINES``."""
    colour: str
    dashed: bool = False


class Edge(NamedTuple):
    """How an edge is drawn."""

    label: str = ""
    arrow: bool = True
    dashed: bool = False


def draw(
    graph: Graph,
    title: str,
    nodes: Mapping[str, Node],
    edges: Mapping[tuple[str, str], Edge],
) -> str:
    """A picture of ``graph``, an acyclic one, with all its nodes and edges."""
    sizes = {name: _size(node) for name, node in nodes.items()}
    layout = layered(graph, sizes)
    width = max(layout.size.width, _width(title) * 1.3) + 2 * MARGIN
    height = layout.size.height + 2 * MARGIN + TITLE
    drawn = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
            f' viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
        ),
        f"  <title>{_text(title)}</title>",
        f"  <style>{_STYLE}  </style>",
        _ARROW,
        '  <rect width="100%" height="100%" rx="8" fill="#fff"/>',
        f'  <text class="title" x="{MARGIN:.0f}" y="{MARGIN:.0f}">{_text(title)}</text>',
        f'  <g transform="translate({MARGIN:.0f} {MARGIN + TITLE:.0f})">',
    ]
    drawn += [_path(route, edges[pair]) for pair, route in layout.routes.items()]
    drawn += [_box(layout.centres[name], sizes[name], node) for name, node in nodes.items()]
    drawn += [
        _label(route, edges[pair].label)
        for pair, route in layout.routes.items()
        if edges[pair].label
    ]
    return "\n".join([*drawn, "  </g>", "</svg>"]) + "\n"


# --- outlines: a path around the origin ----------------------------------------------------------


def _rectangle(w: float, h: float) -> str:
    return _rounded(w, h, 6.0)


def _pill(w: float, h: float) -> str:
    return _rounded(w, h, h / 2)


def _rounded(w: float, h: float, r: float) -> str:
    return (
        f"M{-w / 2 + r:.1f} {-h / 2:.1f}h{w - 2 * r:.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {r:.1f}"
        f"v{h - 2 * r:.1f}a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {r:.1f}h{2 * r - w:.1f}"
        f"a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {-r:.1f}v{2 * r - h:.1f}"
        f"a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {-r:.1f}z"
    )


def _cylinder(w: float, h: float) -> str:
    a, b = w / 2, 5.0
    top = f"M{-a:.1f} {-h / 2 + b:.1f}a{a:.1f} {b} 0 0 1 {w:.1f} 0"
    return (
        f"{top}v{h - 2 * b:.1f}a{a:.1f} {b} 0 0 1 {-w:.1f} 0z"
        f"M{-a:.1f} {-h / 2 + b:.1f}a{a:.1f} {b} 0 0 0 {w:.1f} 0"
    )


def _hexagon(w: float, h: float) -> str:
    return _polygon(
        [(-w / 2, 0), (10 - w / 2, -h / 2), (w / 2 - 10, -h / 2)],
        [(w / 2, 0), (w / 2 - 10, h / 2), (10 - w / 2, h / 2)],
    )


def _slanted(w: float, h: float) -> str:
    return _polygon([(12 - w / 2, -h / 2), (w / 2, -h / 2)], [(w / 2 - 12, h / 2), (-w / 2, h / 2)])


def _polygon(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (*upper, *lower)) + "z"


def _double(w: float, h: float) -> str:
    return _rounded(w, h, 6.0) + _rounded(w - 7, h - 7, 4.0)


OUTLINES: Mapping[str, Callable[[float, float], str]] = {
    "rectangle": _rectangle,
    "double": _double,
    "pill": _pill,
    "cylinder": _cylinder,
    "hexagon": _hexagon,
    "slanted": _slanted,
}


# --- pieces --------------------------------------------------------------------------------------


def _size(node: Node) -> Size:
    widest = max(
        _width(line) * (1.0 if index == 0 else 0.86) for index, line in enumerate(node.lines)
    )
    extra = 10.0 if node.outline == "cylinder" else 0.0
    return Size(widest + 2 * PADDING, len(node.lines) * LINE + PADDING + extra)


def _width(text: str) -> float:
    return sum(2 * LETTER if unicodedata.east_asian_width(c) in "WF" else LETTER for c in text)


def _box(centre: Point, size: Size, node: Node) -> str:
    x, y = centre
    dashed = " dashed" if node.dashed else ""
    path = OUTLINES[node.outline](size.width, size.height)
    lines = []
    shift = 3.0 if node.outline == "cylinder" else 0.0
    for index, line in enumerate(node.lines):
        at = (index - (len(node.lines) - 1) / 2) * LINE + shift
        small = ' class="small"' if index else ""
        lines.append(f'<text{small} y="{at:.1f}" dy=".35em">{_text(line)}</text>')
    return (
        f'    <g transform="translate({x:.1f} {y:.1f})">'
        f'<path class="node{dashed}" fill="{node.colour}" d="{path}"/>{"".join(lines)}</g>'
    )


def _path(route: Sequence[Point], edge: Edge) -> str:
    (x, y), *rest = route
    path = f"M{x:.1f} {y:.1f}"
    for to_x, to_y in rest:
        bend = (to_x - x) * CURVE
        path += f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    dashed = " dashed" if edge.dashed else ""
    arrow = ' marker-end="url(#arrow)"' if edge.arrow else ""
    return f'    <path class="edge{dashed}" d="{path}"{arrow}/>'


def _label(route: Sequence[Point], label: str) -> str:
    """The label of an edge, on its first part: where it leaves what waits."""
    (x, y), (to_x, to_y), *_ = route
    return (
        f'    <text class="label" x="{(x + to_x) / 2:.1f}" y="{(y + to_y) / 2:.1f}" dy=".35em">'
        f"{_text(label)}</text>"
    )


def _text(text: str) -> str:
    return html.escape(printable(text))
