"""The graph as a picture: all of it is there, nothing overlaps, columns follow the needs."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import networkx as nx
import pytest

from composer.graph.build import build
from composer.graph.layout import Layout, Size, layered
from composer.graph.picture import to_svg
from composer.spec.model import Dependency, Mount, Network
from tests.unit.projects import attached, project, service, volume

SVG = "{http://www.w3.org/2000/svg}"


def laid_out(*edges: tuple[str, str]) -> tuple[Layout, dict[str, Size]]:
    graph: nx.DiGraph[str] = nx.DiGraph(edges)
    sizes = {node: Size(40 + 10 * len(node), 30) for node in graph}
    return layered(graph, sizes), sizes


DIAMOND = (("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d"))
CROSSED = (("a", "y"), ("b", "x"), ("c", "z"), ("a", "z"))


@pytest.mark.parametrize(
    "edges", [DIAMOND, CROSSED, [(f"n{i}", f"m{i * 7 % 12}") for i in range(12)]]
)
def test_boxes_do_not_overlap_and_stand_before_what_they_need(
    edges: list[tuple[str, str]],
) -> None:
    layout, sizes = laid_out(*edges)
    for first, second in combinations(sizes, 2):
        (x, y), (other_x, other_y) = layout.centres[first], layout.centres[second]
        apart_x = abs(x - other_x) >= (sizes[first].width + sizes[second].width) / 2
        apart_y = abs(y - other_y) >= (sizes[first].height + sizes[second].height) / 2
        assert apart_x or apart_y, (first, second)
    for first, second in edges:
        assert layout.centres[first][0] < layout.centres[second][0]
    for (x, y), size in ((layout.centres[name], sizes[name]) for name in sizes):
        assert size.width / 2 <= x <= layout.size.width - size.width / 2 + 0.1
        assert size.height / 2 - 0.1 <= y <= layout.size.height - size.height / 2 + 0.1


def test_long_edges_pass_around_the_boxes_between() -> None:
    layout, sizes = laid_out(("a", "b"), ("b", "c"), ("a", "c"))
    route = layout.routes["a", "c"]
    assert len(route) == 3
    x, y = route[1]
    box_x, box_y = layout.centres["b"]
    assert abs(x - box_x) < 0.1
    assert abs(y - box_y) > sizes["b"].height / 2


def test_columns_are_sorted_so_that_edges_do_not_cross() -> None:
    layout, _ = laid_out(("a", "y"), ("b", "x"), ("c", "z"))
    left = sorted("abc", key=lambda node: layout.centres[node][1])
    right = sorted("xyz", key=lambda node: layout.centres[node][1])
    pairs = {"a": "y", "b": "x", "c": "z"}
    assert [pairs[node] for node in left] == right


def test_the_picture_has_every_node_and_edge_with_names_that_are_no_markup() -> None:
    needs = {"db": Dependency(condition="service_healthy", required=False)}
    mount = Mount(type="volume", source="data", target="/d")
    shop = project(
        service("web", needs, networks=attached("net")),
        service("db", volumes=(mount,), networks=attached("net")),
        networks={"net": Network(key="net", name="p_net", internal=True)},
        volumes={"data": volume("data")},
    )
    graph = build(shop)
    root = ElementTree.fromstring(to_svg(graph, "a<b>&\x1b"))
    assert root.findtext(f"{SVG}title") == "a<b>&\\x1b"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"web", "db", "net", "internal network", "data", "healthy"} <= set(texts)
    edges = [path for path in root.iter(f"{SVG}path") if "edge" in path.get("class", "")]
    assert len(edges) == graph.number_of_edges()
    (dashed,) = [path for path in edges if "dashed" in path.get("class", "")]
    assert dashed.get("marker-end")
    assert sum(bool(path.get("marker-end")) for path in edges) == 1


def test_an_empty_graph_is_a_picture_too() -> None:
    assert ElementTree.fromstring(to_svg(nx.DiGraph(), "empty")).tag == f"{SVG}svg"
