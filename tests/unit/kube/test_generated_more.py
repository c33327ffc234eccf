"""Parts of manifests that a file asks for seldom: further names, restarts, checks, mounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from composer.kube.generate import Generated, GenerateOptions
from tests.unit.kube.generated import container, generated, one, pod

A = ("Deployment", "a")


def one_service(folder: Path, text: str, options: GenerateOptions | None = None) -> Generated:
    """The manifests of a service ``a`` that says ``text``."""
    lines = "\n".join(f"    {line}" for line in text.splitlines())
    return generated(folder, f"services:\n  a:\n    image: x\n{lines}\n", options)


def warned(found: Generated) -> list[str]:
    """What is warned of, without its place."""
    return [text.split(": ", 1)[1] for text in found.warnings]


# --- names ----------------------------------------------------------------------------------------

NAMES = """
services:
  db:
    image: x
    networks: {back: {aliases: [database, db, Data_Base, shared]}}
  cache:
    image: x
    networks: {back: {aliases: [shared, app]}}
  app: {image: x, networks: [back], links: ["cache:store"]}
networks: {back: {}}
"""


def test_aliases_and_links_are_services(tmp_path: Path) -> None:
    found = generated(tmp_path, NAMES)
    names = {m["metadata"]["name"]: m for m in found.manifests if m["kind"] == "Service"}
    assert set(names) == {"db", "cache", "app", "database", "shared", "store"}
    for name, workload in (("database", "db"), ("store", "cache")):
        assert names[name]["spec"]["selector"]["app.kubernetes.io/name"] == workload
    said = " ".join(warned(found))
    assert "'Data_Base' is no name that a Service can have" in said
    assert "shared is the name of others as well" in said
    assert "app is the name of others as well" in said


@pytest.mark.parametrize(("mode", "address"), [("dnsrr", "None"), ("vip", None)])
def test_a_name_leads_to_the_containers_themselves_if_that_is_said(
    tmp_path: Path, mode: str, address: str | None
) -> None:
    found = one_service(tmp_path, f'expose: ["80"]\ndeploy: {{endpoint_mode: {mode}}}')
    assert one(found, "Service", "a")["spec"].get("clusterIP") == address


def test_an_address_of_this_machine_is_told_of(tmp_path: Path) -> None:
    said = 'ports: ["10.1.2.3:80:80", "0.0.0.0:81:81"]'
    (text,) = warned(one_service(tmp_path, said))
    assert text.startswith("services.a.ports: 10.1.2.3 is an address of this machine: published at")
    assert warned(one_service(tmp_path, said, GenerateOptions(host_ports=True))) == []


# --- workloads ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ('restart: "on-failure:3"', 3),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 4}}", 4),
        ("restart: on-failure", None),
    ],
)
def test_a_job_is_tried_as_often_as_the_file_says(
    tmp_path: Path, said: str, limit: int | None
) -> None:
    found = one_service(tmp_path, said, GenerateOptions(kind="job"))
    assert one(found, "Job", "a")["spec"].get("backoffLimit") == limit
    assert warned(found) == []


@pytest.mark.parametrize(
    ("said", "path", "text"),
    [
        ('restart: "no"', "restart", "on a cluster it is started again whenever it ends"),
        ("restart: on-failure", "restart", "on a cluster it is started again whenever it ends"),
        ('restart: "on-failure:3"', "restart", "only a Job gives up after some tries"),
        (
            "deploy: {restart_policy: {condition: none}}",
            "deploy.restart_policy",
            "on a cluster it is started again whenever it ends",
        ),
    ],
)
def test_what_does_not_always_run_is_told_of(
    tmp_path: Path, said: str, path: str, text: str
) -> None:
    assert warned(one_service(tmp_path, said)) == [f"services.a.{path}: {text}"]
    assert warned(one_service(tmp_path, "restart: unless-stopped")) == []


def test_what_runs_to_its_end_is_a_job(tmp_path: Path) -> None:
    found = one_service(tmp_path, "x-podman: {one_shot: true}")
    assert one(found, "Job", "a")


def test_labels_of_the_workload_itself(tmp_path: Path) -> None:
    found = one_service(tmp_path, "deploy: {labels: {tier: front, note: 'a b'}}")
    metadata = one(found, "Deployment", "a")["metadata"]
    assert metadata["labels"]["tier"] == "front"
    assert metadata["annotations"] == {"note": "a b"}
    template = one(found, "Deployment", "a")["spec"]["template"]["metadata"]
    assert "tier" not in template["labels"]


def test_a_hook_has_its_own_user_and_rights(tmp_path: Path) -> None:
    found = one_service(
        tmp_path,
        'user: "5"\nread_only: true\npre_start:\n'
        '  - {command: [a], user: "7:8", privileged: true}\n  - {command: [b], user: root}',
    )
    first, second = pod(found, "Deployment", "a")["initContainers"]
    assert first["securityContext"] == {
        "runAsUser": 7,
        "runAsGroup": 8,
        "readOnlyRootFilesystem": True,
        "privileged": True,
    }
    assert second["securityContext"] == {"runAsUser": 5, "readOnlyRootFilesystem": True}
    (text,) = warned(found)
    assert text.startswith("services.a.pre_start[1].user: Kubernetes takes numbers only")


# --- checks ---------------------------------------------------------------------------------------

CHECK = "healthcheck: {test: [CMD, ready], interval: 3s}\n"


def probes(folder: Path, said: str) -> dict[str, Any]:
    made = container(one_service(folder, said), "Deployment", "a")
    return {key: value for key, value in made.items() if key.endswith("Probe")}


def test_what_is_unhealthy_is_restarted_if_the_file_says_so(tmp_path: Path) -> None:
    assert set(probes(tmp_path, CHECK)) == {"readinessProbe"}
    for more in ("restart: always", "x-podman: {on_unhealthy: restart}"):
        found = probes(tmp_path, CHECK + more)
        assert found["livenessProbe"] == found["readinessProbe"]


def test_a_check_that_only_restarts(tmp_path: Path) -> None:
    said = "x-podman: {liveness: {test: [CMD, alive], interval: 7s, retries: 2, start_period: 4s}}"
    probe = {
        "exec": {"command": ["alive"]},
        "periodSeconds": 7,
        "failureThreshold": 2,
        "initialDelaySeconds": 4,
    }
    assert probes(tmp_path, said) == {"livenessProbe": probe}
    both = probes(tmp_path, f"restart: always\n{CHECK}{said}")
    assert both["livenessProbe"] == probe
    assert both["readinessProbe"]["exec"] == {"command": ["ready"]}
    text = probes(tmp_path, "x-podman: {liveness: {test: nc -z localhost 80}}")
    assert text["livenessProbe"]["tcpSocket"] == {"port": 80}
    assert probes(tmp_path, "x-podman: {liveness: {test: [NONE]}}") == {}


# --- mounts ---------------------------------------------------------------------------------------


def test_folders_of_the_node(tmp_path: Path) -> None:
    found = one_service(
        tmp_path,
        "volumes:\n"
        "  - {type: bind, source: /a, target: /a, bind: {propagation: rslave}}\n"
        "  - {type: bind, source: /b, target: /b, bind: {create_host_path: true}}\n"
        "  - {type: bind, source: /c, target: /c}\n",
    )
    kinds = {v["hostPath"]["path"]: v["hostPath"]["type"] for v in pod(found, *A)["volumes"]}
    assert kinds == {"/a": "Directory", "/b": "DirectoryOrCreate", "/c": "DirectoryOrCreate"}
    mounts = {
        m["mountPath"]: m.get("mountPropagation") for m in container(found, *A)["volumeMounts"]
    }
    assert mounts == {"/a": "HostToContainer", "/b": None, "/c": None}


def test_a_volume_that_goes_with_the_pod_is_an_empty_dir(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        "services: {a: {image: x, volumes: ['data:/v']}}\n"
        "volumes: {data: {x-podman: {temporary: true}}}\n",
    )
    assert pod(found, *A)["volumes"] == [{"name": "data", "emptyDir": {}}]
    assert not [m for m in found.manifests if m["kind"] == "PersistentVolumeClaim"]
