"""Places the nodes of a graph on a plane, in columns from left to right, each before what it needs.

The method of Sugiyama, Tagawa and Toda (1981): columns by the longest path, points at which long
edges pass through the columns between, few crossings by sorting columns by their neighbours, and
heights as near to those of the neighbours as the order allows.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]

COLUMN_GAP = 90.0
ROW_GAP = 18.0
SWEEPS = 12

Point = tuple[float, float]


class Size(NamedTuple):
    """Width and height of a box, in pixels."""

    width: float
    height: float


class Layout(NamedTuple):
    """Where everything is. ``centres`` of boxes, ``routes`` of edges from box to box, in pixels."""

    centres: Mapping[str, Point]
    routes: Mapping[tuple[str, str], Sequence[Point]]
    size: Size


def layered(graph: Graph, sizes: Mapping[str, Size]) -> Layout:
    """Lay out ``graph``, an acyclic one, whose nodes are boxes of ``sizes``."""
    columns, chains = _columns(graph)
    thin = Size(0.0, ROW_GAP / 2)
    boxes = {node: sizes.get(node, thin) for column in columns for node in column}
    neighbours = _neighbours(chains)
    columns = _sorted(columns, neighbours)
    heights = _heights(columns, boxes, neighbours)
    widths = [max(boxes[node].width for node in column) for column in columns]
    lefts = [sum(widths[:index]) + COLUMN_GAP * index for index in range(len(widths))]
    middles = {
        node: lefts[index] + widths[index] / 2
        for index, column in enumerate(columns)
        for node in column
    }
    top = min((heights[node] - boxes[node].height / 2 for node in heights), default=0.0)
    bottom = max((heights[node] + boxes[node].height / 2 for node in heights), default=0.0)
    places = {node: (middles[node], heights[node] - top) for node in heights}
    routes = {edge: _route(chain, places, boxes) for edge, chain in chains.items()}
    right = lefts[-1] + widths[-1] if widths else 0.0
    centres = {node: place for node, place in places.items() if node in sizes}
    return Layout(centres, routes, Size(right, bottom - top))


def _columns(graph: Graph) -> tuple[list[list[str]], dict[tuple[str, str], list[str]]]:
    """The nodes of each column, and for each edge the nodes and points that it passes."""
    columns = [sorted(nodes) for nodes in nx.topological_generations(graph)]
    column_of = {node: index for index, nodes in enumerate(columns) for node in nodes}
    chains = {}
    for first, second in sorted(graph.edges):
        passed = []
        for index in range(column_of[first] + 1, column_of[second]):
            point = f"{first}\0{second}\0{index}"
            columns[index].append(point)
            passed.append(point)
        chains[first, second] = [first, *passed, second]
    return columns, chains


class _Neighbours(NamedTuple):
    left: dict[str, list[str]]
    right: dict[str, list[str]]


def _neighbours(chains: Mapping[tuple[str, str], Sequence[str]]) -> _Neighbours:
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for chain in chains.values():
        for first, second in itertools.pairwise(chain):
            right.setdefault(first, []).append(second)
            left.setdefault(second, []).append(first)
    return _Neighbours(left, right)


def _sorted(columns: list[list[str]], neighbours: _Neighbours) -> list[list[str]]:
    """The columns in an order with few crossings: the best that some sweeps found."""
    best, fewest = columns, _crossings(columns, neighbours)
    current = [list(column) for column in columns]
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        indexes = range(1, len(current)) if forth else range(len(current) - 2, -1, -1)
        of = neighbours.left if forth else neighbours.right
        for index in indexes:
            beside = current[index - 1 if forth else index + 1]
            rank = {node: place for place, node in enumerate(beside)}
            own = {node: place for place, node in enumerate(current[index])}

            def weight(
                node: str, rank: dict[str, int] = rank, own: dict[str, int] = own
            ) -> tuple[float, int]:
                ranks = [rank[other] for other in of.get(node, ())]  # noqa: B023
                return (sum(ranks) / len(ranks) if ranks else own[node], own[node])

            current[index].sort(key=weight)
        crossings = _crossings(current, neighbours)
        if crossings < fewest:
            best, fewest = [list(column) for column in current], crossings
    return best


def _crossings(columns: Sequence[Sequence[str]], neighbours: _Neighbours) -> int:
    count = 0
    for first, second in itertools.pairwise(columns):
        rank = {node: place for place, node in enumerate(second)}
        ends = [
            place
            for node in first
            for place in sorted(rank[n] for n in neighbours.right.get(node, ()))
        ]
        count += sum(
            earlier > later for index, later in enumerate(ends) for earlier in ends[:index]
        )
    return count


def _heights(
    columns: Sequence[Sequence[str]], boxes: Mapping[str, Size], neighbours: _Neighbours
) -> dict[str, float]:
    """The height of each node's centre: near to its neighbours', none in one column touching."""
    heights: dict[str, float] = {}
    for column in columns:
        total = sum(boxes[node].height + ROW_GAP for node in column)
        position = -total / 2
        for node in column:
            heights[node] = position + boxes[node].height / 2
            position += boxes[node].height + ROW_GAP
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = []
            for node in column:
                near = [*neighbours.left.get(node, ()), *neighbours.right.get(node, ())]
                sums = sum(heights[other] for other in near)
                wanted.append(sums / len(near) if near else heights[node])
            heights |= dict(zip(column, _apart(column, wanted, boxes), strict=True))
    return heights


def _apart(
    column: Sequence[str], wanted: Sequence[float], boxes: Mapping[str, Size]
) -> list[float]:
    """Heights in the order of ``column``, apart from each other, and in sum nearest to ``wanted``.

    Without the room that the nodes before it take, each wants a number, and the numbers may not
    fall: where they would, neighbours take their mean together.
    """
    offsets = [0.0]
    for first, second in itertools.pairwise(column):
        room = (boxes[first].height + boxes[second].height) / 2 + ROW_GAP
        offsets.append(offsets[-1] + room)
    groups: list[list[float]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        groups.append([place - offset])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    means = [_mean(group) for group in groups for _ in group]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _route(
    chain: Sequence[str],
    places: Mapping[str, Point],
    boxes: Mapping[str, Size],
) -> list[Point]:
    """From the right side of the first box to the left side of the last one."""
    first, *passed, last = chain
    x, y = places[first]
    points = [(x + boxes[first].width / 2, y)]
    points += [places[point] for point in passed]
    x, y = places[last]
    return [*points, (x - boxes[last].width / 2, y)]
