"""The dependency graph, its order, and what a command selects of it."""

from __future__ import annotations

import pytest

from composer.errors import ComposerError, Position
from composer.graph.build import build
from composer.graph.order import levels
from composer.graph.render import to_text
from composer.graph.selection import select
from composer.graph.sequence import check_cycles, in_order
from composer.spec.model import Dependency, Mount, Network, Pod
from tests.unit.projects import attached, project, service, volume


def test_resources_of_a_service_are_its_needs() -> None:
    mount = Mount(type="volume", source="data", target="/data")
    p = project(
        service("db", networks=attached("back"), volumes=(mount,)),
        networks={"back": Network(key="back", name="p_back", internal=True)},
        volumes={"data": volume("data")},
    )
    graph = build(p)
    assert set(graph.successors("service:db")) == {"network:back", "volume:data"}
    assert graph.nodes["network:back"]["internal"] is True


def test_links_and_namespaces_are_dependencies_too() -> None:
    p = project(
        service("a", links=("b:alias",)),
        service("b"),
        service("c", network_mode="service:a"),
        service("d", volumes_from=("c:ro",)),
    )
    assert levels(build(p)) == [["b"], ["a"], ["c"], ["d"]]


def test_services_start_after_those_that_they_need() -> None:
    p = project(
        service("web", ["app", "gone"]),
        service("app", ["db", "redis"]),
        service("db"),
        service("redis"),
    )
    assert in_order(p) == ["db", "redis", "app", "web"]


def test_a_cycle_is_an_error_with_its_whole_path_and_place() -> None:
    p = project(
        service("a", ["b"]),
        service("b", ["c"]),
        service("c", ["a"]),
        positions={"services.a.depends_on": Position("compose.yaml", 3, 5)},
    )
    with pytest.raises(ComposerError) as caught:
        check_cycles(p)
    text = str(caught.value)
    assert "a → b → c → a" in text
    assert text.startswith("compose.yaml:3:5")


def test_levels_let_independent_services_start_together() -> None:
    p = project(
        service("web", ["app"]), service("app", ["db", "redis"]), service("db"), service("redis")
    )
    graph = build(p)
    assert levels(graph) == [["db", "redis"], ["app"], ["web"]]


def test_selection_takes_dependencies_along_unless_told_not_to() -> None:
    p = project(service("web", ["app"]), service("app", ["db"]), service("db"), service("other"))
    assert select(p, ["web"]) == ["web", "app", "db"]
    assert select(p, ["web"], no_deps=True) == ["web"]
    assert select(p) == ["web", "app", "db", "other"]


def test_an_unknown_service_is_answered_with_the_known_ones() -> None:
    p = project(service("web"), service("worker"))
    with pytest.raises(ComposerError) as caught:
        select(p, ["wroker"])
    assert "no such service: wroker" in str(caught.value)
    assert "web, worker" in str(caught.value)
    assert "Did you mean 'worker'?" in str(caught.value)


def test_a_dependency_whose_profile_is_not_active_has_no_edge() -> None:
    p = project(service("web", {"debug": Dependency(required=False)}))
    assert list(build(p).successors("service:web")) == []


def test_members_need_their_pod_and_it_the_networks() -> None:
    member = service("app", networks=attached("front"), pod="web")
    pod = Pod(key="web", members=("app",), networks={"front": None})
    graph = build(project(member, service("db"), pods={"web": pod}))
    assert graph.nodes["pod:web"]["kind"] == "pod"
    assert set(graph.successors("service:app")) == {"pod:web"}
    assert set(graph.successors("pod:web")) == {"network:front"}
    assert "Pods\n  web  ← app" in to_text(graph, "p")
