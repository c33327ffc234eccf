"""Which kinds of workload services become, and what is in their pods."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import ComposerError, FileError
from composer.kube.generate import GenerateOptions
from composer.kube.names import DEPENDS_ON
from tests.unit.kube.generated import generated, one, pod


def kinds(found: object) -> set[str]:
    workloads = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job")
    return {
        f"{m['kind']}/{m['metadata']['name']}"
        for m in found.manifests  # type: ignore[attr-defined]
        if m["kind"] in workloads
    }


def test_kinds_are_chosen_by_what_services_need(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        """
        services:
          web: {image: nginx, volumes: ["shared:/s"]}
          app: {image: app, volumes: ["shared:/s", "/scratch"]}
          db: {image: postgres, volumes: ["data:/var/lib"], scale: 2}
          agent: {image: agent, deploy: {mode: global}}
          batch: {image: batch, deploy: {mode: replicated-job, replicas: 3}}
          forced: {image: x, x-kubernetes: {kind: daemonset}}
        volumes: {shared: , data: }
        """,
    )
    assert kinds(found) == {
        *("Deployment/web", "Deployment/app", "StatefulSet/db"),
        *("DaemonSet/agent", "Job/batch", "DaemonSet/forced"),
    }
    claim = one(found, "StatefulSet", "db")["spec"]["volumeClaimTemplates"][0]
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    shared = one(found, "PersistentVolumeClaim", "shared")
    assert shared["spec"]["accessModes"] == ["ReadWriteMany"]
    assert one(found, "Job", "batch")["spec"]["completions"] == 3
    assert one(found, "Service", "db")["spec"]["clusterIP"] == "None"
    assert one(found, "StatefulSet", "db")["spec"]["serviceName"] == "db"


MIGRATION = """
services:
  db: {image: postgres}
  migrate: {image: tool, depends_on: {db: {condition: service_healthy}}}
  app:
    image: app
    scale: SCALE
    depends_on:
      migrate: {condition: service_completed_successfully}
      db: {condition: service_started}
"""


def test_a_one_shot_of_one_workload_is_its_init_container(tmp_path: Path) -> None:
    found = generated(tmp_path, MIGRATION.replace("SCALE", "1"))
    assert kinds(found) == {"Deployment/db", "Deployment/app"}
    (init,) = pod(found, "Deployment", "app")["initContainers"]
    assert (init["name"], init["image"]) == ("migrate", "tool")
    assert one(found, "Deployment", "app")["metadata"]["annotations"] == {
        f"migrate{DEPENDS_ON}db": "service_healthy",
        f"app{DEPENDS_ON}db": "service_started",
        f"app{DEPENDS_ON}migrate": "service_completed_successfully",
    }


def test_a_one_shot_before_several_pods_is_a_job_and_a_warning(tmp_path: Path) -> None:
    found = generated(tmp_path, MIGRATION.replace("SCALE", "2"))
    assert kinds(found) == {"Deployment/db", "Deployment/app", "Job/migrate"}
    assert pod(found, "Job", "migrate")["restartPolicy"] == "OnFailure"
    (warning,) = found.warnings
    assert warning.startswith(f"{tmp_path / 'compose.yaml'}:8:") or ":8:" in warning
    assert "does not wait for migrate" in warning


def test_pods_of_the_file_are_pods_with_their_members(tmp_path: Path) -> None:
    found = generated(
        tmp_path,
        """
        services:
          web: {image: nginx, ports: ["80:80"], x-podman: {pod: front}}
          log: {image: log, x-podman: {pod: front}}
          prepare: {image: tool, x-podman: {pod: front, init: once}}
          joined: {image: more, network_mode: "service:web"}
        x-podman:
          pods:
            front: {scale: 2, hostname: h, share: [net, uts, pid], cpus: 3, labels: {tier: a}}
        """,
    )
    assert kinds(found) == {"Deployment/front"}
    made = one(found, "Deployment", "front")["spec"]
    spec = made["template"]["spec"]
    assert made["replicas"] == 2
    assert [c["name"] for c in spec["initContainers"]] == ["prepare"]
    assert [c["name"] for c in spec["containers"]] == ["log", "web", "joined"]
    assert spec["hostname"] == "h"
    assert spec["shareProcessNamespace"] is True
    assert made["template"]["metadata"]["labels"]["tier"] == "a"
    assert spec["containers"][1]["resources"]["limits"]["cpu"] == "1"
    names = {m["metadata"]["name"] for m in found.manifests if m["kind"] == "Service"}
    assert {"front", "web", "log", "joined"} <= names


@pytest.mark.parametrize(
    ("restart", "policy"),
    [("", "Never"), ("restart: always", "Always"), ("restart: on-failure:3", "OnFailure")],
)
def test_bare_pods_restart_as_the_file_says(tmp_path: Path, restart: str, policy: str) -> None:
    text = f"services: {{a: {{image: x, {restart}}}}}"
    found = generated(tmp_path, text, GenerateOptions("pod"))
    assert pod(found, "Pod", "a")["restartPolicy"] == policy


def test_bare_pods_of_replicas_are_numbered(tmp_path: Path) -> None:
    found = generated(
        tmp_path, "services: {a: {image: x, scale: 2}, b: {image: x}}", GenerateOptions("pod")
    )
    assert kinds(found) == {"Pod/a-1", "Pod/a-2", "Pod/b"}
    first = one(found, "Pod", "a-1")["metadata"]["labels"]
    assert first == one(found, "Pod", "a-2")["metadata"]["labels"]


def test_names_that_kubernetes_refuses_become_others(tmp_path: Path) -> None:
    long = "a" * 80
    found = generated(
        tmp_path,
        f"services: {{Web_App: {{image: x}}, {long}1: {{image: x}}, {long}2: {{image: x}}}}",
    )
    names = {m["metadata"]["name"] for m in found.manifests if m["kind"] == "Deployment"}
    assert "web-app" in names
    assert len(names) == 3
    assert max(map(len, names)) <= 63


BAD = [
    ("kind: deploymnet", "one of daemonset, deployment, job, pod, statefulset is needed"),
    ("autoscaling: {}", "Did you mean 'autoscale'?"),
    ("autoscale: {min: 0}", "a whole number above zero is needed"),
    ("autoscale: {min: 5, max: 2}", "max 2 is below min 5"),
    ("ingress: shop.example", "a port that the service listens on"),
    ("kind: job, autoscale: {max: 2}", "a job is not scaled by its load"),
]


@pytest.mark.parametrize(("said", "message"), BAD)
def test_what_is_wrong_in_x_kubernetes_is_told_with_its_place(
    tmp_path: Path, said: str, message: str
) -> None:
    with pytest.raises(FileError) as caught:
        generated(tmp_path, f"services:\n  a:\n    image: x\n    x-kubernetes: {{{said}}}\n")
    assert message in str(caught.value)
    assert all(p.position is not None and p.position.line == 4 for p in caught.value.problems)


def test_circles_are_refused(tmp_path: Path) -> None:
    text = "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}"
    with pytest.raises(ComposerError, match="a -> b -> a"):
        generated(tmp_path, text)
