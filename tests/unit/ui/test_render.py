"""The dependency graph as text, Mermaid and DOT."""

import shutil
import subprocess

import networkx as nx
import pytest

from composer.graph.render import to_dot, to_mermaid, to_text

AWKWARD = 'we"ird <b>[x] | end\\'


def project() -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    for name in ("web", "app", "db", "redis"):
        graph.add_node(f"service:{name}", kind="service", name=name)
    graph.add_node("network:frontend", kind="network", name="frontend", internal=False)
    graph.add_node("network:backend", kind="network", name="backend", internal=True)
    graph.add_node("volume:pgdata", kind="volume", name="pgdata", external=False)
    graph.add_node("volume:unused", kind="volume", name="unused", external=True)
    graph.add_node("secret:key", kind="secret", name="key", external=False)
    graph.add_edge("service:web", "network:frontend")
    graph.add_edge("service:app", "network:frontend")
    graph.add_edge("service:app", "network:backend")
    graph.add_edge("service:db", "network:backend")
    graph.add_edge("service:db", "volume:pgdata")
    graph.add_edge("service:db", "secret:key")
    graph.add_edge("service:web", "service:app", condition="service_started", required=True)
    graph.add_edge("service:app", "service:db", condition="service_healthy", required=True)
    graph.add_edge("service:app", "service:redis", condition="service_started", required=False)
    return graph


def awkward() -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node(f"service:{AWKWARD}", kind="service", name=AWKWARD)
    graph.add_node("service:end", kind="service", name="end")
    graph.add_edge("service:end", f"service:{AWKWARD}", condition="service_started", required=True)
    return graph


def test_text_lists_services_by_the_step_in_which_they_start() -> None:
    assert to_text(project(), "shop") == (
        "shop\n"
        "\n"
        "Start step 1\n"
        "  db\n"
        "    → network backend (internal)\n"
        "    → volume pgdata\n"
        "    → secret key\n"
        "  redis\n"
        "\n"
        "Start step 2\n"
        "  app\n"
        "    → db (healthy)\n"
        "    → redis (started, optional)\n"
        "    → network backend (internal)\n"
        "    → network frontend\n"
        "\n"
        "Start step 3\n"
        "  web\n"
        "    → app (started)\n"
        "    → network frontend\n"
        "\n"
        "Networks\n"
        "  backend (internal)  ← app, db\n"
        "  frontend  ← app, web\n"
        "\n"
        "Volumes\n"
        "  pgdata  ← db\n"
        "  unused (external)  (not used)\n"
        "\n"
        "Secrets\n"
        "  key  ← db\n"
    )


def test_an_empty_project_is_its_title() -> None:
    assert to_text(nx.DiGraph(), "shop") == "shop\n"


def test_mermaid_has_each_node_and_edge_once() -> None:
    lines = to_mermaid(project(), "shop").splitlines()
    assert lines[:4] == ["---", 'title: "shop"', "---", "flowchart LR"]
    # Identifiers count nodes by kind and name: app 0, db 1, redis 2, web 3, backend 4, …
    assert '  n0["app"]:::service' in lines
    assert '  n4(["backend (internal)"]):::network-internal' in lines
    assert '  n5(["frontend"]):::network' in lines
    assert '  n6[("pgdata")]:::volume' in lines
    assert '  n0 -->|"healthy"| n1' in lines
    assert '  n0 -.->|"started, optional"| n2' in lines
    assert "  n1 --- n6" in lines
    arrows = [line for line in lines if " --" in line or " -." in line]
    assert len(arrows) == project().number_of_edges()


def test_mermaid_takes_no_name_for_its_language() -> None:
    text = to_mermaid(awkward(), 'ti"tle: x')
    assert 'title: "ti\\"tle: x"' in text
    label = text.split('"]:::service')[1].split('["')[1]
    assert label == "we#34;ird #60;b#62;[x] | end#92;"


def test_dot_has_dashed_internal_networks_and_labelled_conditions() -> None:
    lines = to_dot(project(), "shop").splitlines()
    assert lines[0] == 'digraph "shop" {'
    assert '  "service:app" -> "service:db" [label="healthy"];' in lines
    assert '  "service:db" -> "volume:pgdata" [arrowhead=none];' in lines
    (backend,) = [line for line in lines if line.startswith('  "network:backend" [')]
    assert 'style="filled,dashed"' in backend


def test_dot_escapes_names() -> None:
    text = to_dot(awkward(), AWKWARD)
    assert text.startswith('digraph "we\\"ird <b>[x] | end\\\\" {')


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("graph", [project(), awkward()])
def test_graphviz_draws_it(graph: "nx.DiGraph[str]") -> None:
    run = subprocess.run(
        ["dot", "-Tplain"], input=to_dot(graph, "shop"), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert sum(line.startswith("node ") for line in run.stdout.splitlines()) == len(graph)
    assert sum(line.startswith("edge ") for line in run.stdout.splitlines()) == graph.size()
