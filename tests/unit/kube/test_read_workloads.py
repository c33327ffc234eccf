"""Workloads as services and pods, what they are called, in which order they start, and Services."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from composer.errors import ComposerError
from composer.kube.names import MANAGED_BY, MANAGER, PART_OF
from composer.kube.read import read_manifests
from composer.spec.model import Project
from tests.unit.kube.manifests import container, deployment, project, read, refused

TWO = """\
containers:
- {name: web, image: nginx}
- {name: side, image: busybox}
"""
INITS = """\
initContainers:
- {name: first, image: busybox}
- {name: helper, image: busybox, restartPolicy: Always, startupProbe: {exec: {command: [a]}}}
- {name: second, image: busybox}
containers:
- {name: web, image: nginx}
"""


def conditions(found: Project, name: str) -> dict[str, str]:
    return {key: need.condition for key, need in found.services[name].depends_on.items()}


def test_a_container_alone_is_a_service_called_as_its_workload(tmp_path: Path) -> None:
    found = project(tmp_path, container("", ""))
    assert list(found.services) == ["app"]
    assert not found.pods


def test_several_containers_are_a_pod(tmp_path: Path) -> None:
    found = project(tmp_path, deployment(TWO, "shop"))
    assert found.pods["shop"].members == ("side", "web")
    assert found.pods["shop"].labels == {"app": "shop"}
    assert found.services["web"].labels == {"app": "shop"}


def test_containers_of_the_same_name_in_several_pods_are_told_apart(tmp_path: Path) -> None:
    found = project(tmp_path, deployment(TWO, "a"), deployment(TWO, "b"), container(""))
    assert set(found.services) == {"a-web", "a-side", "b-web", "b-side", "app"}


def test_a_container_does_not_take_the_name_of_another_workload(tmp_path: Path) -> None:
    found = project(
        tmp_path, deployment(TWO, "a"), container("").replace("name: app}", "name: web}")
    )
    assert set(found.services) == {"a-web", "side", "web"}


def test_init_containers_run_one_after_the_other(tmp_path: Path) -> None:
    found = project(tmp_path, deployment(INITS))
    completed = "service_completed_successfully"
    assert {n: s.pod_init for n, s in found.services.items() if s.pod_init} == {
        "first": "once",
        "second": "once",
    }
    assert conditions(found, "second")["first"] == completed
    assert conditions(found, "web")["helper"] == "service_healthy"
    assert found.services["helper"].restart == "always"


def test_replicas_are_the_pods(tmp_path: Path) -> None:
    said = deployment(TWO).replace("spec:\n  selector", "spec:\n  replicas: 3\n  selector")
    assert project(tmp_path, said).pods["app"].scale == 3
    assert project(tmp_path, said, scale={"app": 2}).pods["app"].scale == 2
    assert project(tmp_path, said, scale={"web": 1}).services["side"].replicas == 1


def test_scaling_something_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(ComposerError, match="there is no workload ap to scale") as caught:
        read(tmp_path, container(""), scale={"ap": 2})
    assert caught.value.hint == "did you mean app?"


@pytest.mark.parametrize(
    ("policy", "restart"), [("Always", "always"), ("OnFailure", "on-failure"), ("Never", None)]
)
def test_a_pod_has_its_own_policy(tmp_path: Path, policy: str, restart: str | None) -> None:
    said = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: one}\nspec:\n"
        f"  restartPolicy: {policy}\n  containers: [{{name: c, image: busybox}}]\n"
    )
    found = project(tmp_path, said).services["one"]
    assert found.restart == restart
    assert found.hostname == "one"


def test_a_job_is_tried_again_as_often_as_it_says(tmp_path: Path) -> None:
    said = (
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  backoffLimit: 4\n"
        "  parallelism: 3\n  completions: 2\n  template:\n    spec:\n"
        "      restartPolicy: OnFailure\n      containers: [{name: c, image: busybox}]\n"
    )
    found = project(tmp_path, said).services["once"]
    assert found.restart == "on-failure:4"
    assert found.replicas == 2


def test_namespaces_of_the_host_are_not_those_of_the_pod(tmp_path: Path) -> None:
    found = project(tmp_path, deployment(f"hostNetwork: true\nshareProcessNamespace: true\n{TWO}"))
    assert set(found.pods["app"].share) == {"ipc", "pid"}
    assert {s.network_mode for s in found.services.values()} == {"host"}


# --- Services -------------------------------------------------------------------------------------


def cluster_service(name: str, spec: str, selector: str = "app: app") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
        f"spec: {{selector: {{{selector}}}, {spec}}}\n"
    )


PORTS = "ports: [{containerPort: 80, name: http}, {containerPort: 53, protocol: UDP}]"


@pytest.mark.parametrize(
    ("spec", "published"),
    [
        ("type: LoadBalancer, ports: [{port: 8080, targetPort: http}]", [("8080", 80, "tcp")]),
        ("type: LoadBalancer, ports: [{port: 53, protocol: UDP}]", [("53", 53, "udp")]),
        ("type: NodePort, ports: [{port: 80, nodePort: 30080}]", [("30080", 80, "tcp")]),
        ("type: NodePort, ports: [{port: 80}]", [(None, 80, "tcp")]),
        ("ports: [{port: 80}]", []),
        ("clusterIP: None", []),
    ],
)
def test_what_a_service_publishes(tmp_path: Path, spec: str, published: Any) -> None:
    found = project(tmp_path, container(PORTS), cluster_service("app", spec)).services["app"]
    assert [(p.published, p.target, p.protocol) for p in found.ports] == published
    exposed = {entry.partition("/")[0] for entry in found.expose}
    assert exposed.isdisjoint(str(target) for _, target, _ in published)


def test_the_name_of_a_service_is_a_name_in_the_network(tmp_path: Path) -> None:
    found = project(tmp_path, container(PORTS), cluster_service("front", "ports: [{port: 80}]"))
    attachment = found.services["app"].networks["default"]
    assert attachment is not None
    assert attachment.aliases == ("front",)


def test_a_long_name_of_a_service_that_is_used_leads_to_it(tmp_path: Path) -> None:
    said = container(
        f"{PORTS}\nenv: [{{name: URL, value: 'http://db.default.svc.cluster.local:80/x'}}]"
    )
    found = project(tmp_path, said, cluster_service("db", "ports: [{port: 80}]"))
    attachment = found.services["app"].networks["default"]
    assert attachment is not None
    assert attachment.aliases == ("db", "db.default.svc.cluster.local")


def test_a_port_that_another_stands_for_is_warned_of(tmp_path: Path) -> None:
    said = cluster_service("app", "ports: [{port: 8000, targetPort: 80}]")
    (warning,) = read(tmp_path, container(PORTS), said).warnings
    assert "others reach it at port 80" in warning


def test_a_service_that_selects_nothing_is_warned_of(tmp_path: Path) -> None:
    said = cluster_service("x", "ports: [{port: 80}]", "app: other")
    (warning,) = read(tmp_path, container(PORTS), said).warnings
    assert "Service x selects no pod of the files" in warning


def test_a_service_that_names_a_port_nobody_has_is_an_error(tmp_path: Path) -> None:
    said = cluster_service("app", "ports: [{port: 80, targetPort: web}]")
    assert "no container of Deployment/app has a port web" in refused(tmp_path, container(""), said)


def test_a_name_of_others_is_warned_of(tmp_path: Path) -> None:
    said = cluster_service("db", "type: ExternalName, externalName: db.example.org")
    (warning,) = read(tmp_path, container(""), said).warnings
    assert "composer gives names to pods of the files only" in warning


def test_a_port_of_the_host_is_published_at_its_address(tmp_path: Path) -> None:
    said = "ports: [{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}]"
    (port,) = project(tmp_path, container(said)).services["app"].ports
    assert (port.host_ip, port.published, port.target) == ("127.0.0.1", "8080", 80)


def test_replicas_share_no_port_of_the_host(tmp_path: Path) -> None:
    said = "ports: [{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}]"
    (port,) = project(tmp_path, container(said), scale={"app": 3}).services["app"].ports
    assert (port.host_ip, port.published) == ("127.0.0.1", "8080-8082")


# --- names ----------------------------------------------------------------------------------------


def test_the_project_is_what_all_are_part_of_else_the_file_or_folder(tmp_path: Path) -> None:
    whole = f"labels: {{{PART_OF}: Whole}}, name: app}}"
    assert read(tmp_path, container("").replace("name: app}", whole, 1)).name == "whole"
    assert read(tmp_path, container("")).name == "app"
    folder = tmp_path / "My.Shop"
    folder.mkdir()
    (folder / "a.json").write_text(
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Pod", '
        '"metadata": {"name": "x"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}]}'
    )
    found = read_manifests([str(folder)])
    assert found.name == "myshop"
    assert list(found.document["services"]) == ["x"]


def test_our_own_labels_do_not_come_back(tmp_path: Path) -> None:
    labels = f"labels: {{app: app, {PART_OF}: p, {MANAGED_BY}: {MANAGER}}}"
    said = container("").replace("labels: {app: app}", labels)
    said = said.replace("{name: app}", f"{{name: app, {labels}}}", 1)
    assert project(tmp_path, said).services["app"].labels == {"app": "app"}


def test_host_name_and_subdomain_are_a_name_in_the_network(tmp_path: Path) -> None:
    said = deployment(f"hostname: h\nsubdomain: sub\n{TWO}")
    found = project(tmp_path, said).pods["app"]
    attachment = found.networks["default"]
    assert found.hostname == "h"
    assert attachment is not None
    assert attachment.aliases == ("h", "h.sub")
