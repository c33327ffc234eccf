"""What cannot be done on a cluster, and what is said about it."""

from __future__ import annotations

import socket

from tests.fake_cluster.client import write_kubeconfig
from tests.scenarios.on_cluster import EVERYTHING, ClusterScenario


def test_no_kubectl(project: ClusterScenario) -> None:
    folder = project.folder / "bin"
    folder.mkdir()
    said = project.refused("apply", env={"PATH": str(folder)})
    assert "the kubectl program is not installed" in said
    assert "apt-get install kubernetes-client" in said


def test_no_such_context(project: ClusterScenario) -> None:
    said = project.refused("apply", "--context", "nowhere")
    assert 'context "nowhere" does not exist' in said
    assert "kubectl config get-contexts" in said


def test_no_such_kubeconfig(project: ClusterScenario) -> None:
    assert "no such file" in project.refused("diff", "--kubeconfig", "missing", code=2)


def test_an_unreachable_server(project: ClusterScenario) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    config = write_kubeconfig(project.folder / "gone", f"http://127.0.0.1:{port}")
    for command in ("apply", "delete"):
        said = project.refused(command, "--kubeconfig", str(config))
        assert "cannot reach the cluster" in said
        assert "connection refused" in said
        assert said.count("Error: ") == 1
    assert "cannot reach" in project.refused("diff", "--kubeconfig", str(config), code=2)


def test_a_user_who_may_nothing(project: ClusterScenario) -> None:
    project.ok("apply")
    said = project.refused("apply", "--context", "nobody")
    assert 'User "nobody" cannot list' in said
    assert said.count("ask who administers the cluster") == 1
    assert project.all() == EVERYTHING


def test_a_new_namespace_goes_again_if_the_cluster_refuses_what_is_for_it(
    project: ClusterScenario,
) -> None:
    project.change(
        "image: example.org/web:1",
        "image: example.org/web:1\n    x-kubernetes: {ingress: 'Not_A_Host'}",
    )
    said = project.refused("apply")
    assert "cannot apply Ingress web" in said
    assert "Not_A_Host" in said
    assert project.client.namespace(project.name) is None
