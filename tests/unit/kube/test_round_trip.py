"""Out of a Compose file into manifests, and back: what comes back equal, and what does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from composer.kube.generate import GenerateOptions, manifests
from composer.kube.read import read_manifests
from composer.kube.write.stream import to_stream
from composer.spec import Options, load
from composer.spec.model import Project
from tests.testbed import CHECKOUT

SAMPLES = CHECKOUT / "samples" / "compose"

LOST = {
    "init": "a manifest has no word for it",
    "build": "a manifest has an image",
    "image": "that of a build has a name now",
    "restart": "what makes pods out of a template starts them again, always",
    "pod": "a service alone in a pod is one in none",
    "scale": "the same",
    "extensions": "the same",
    "deploy": "limits of a pod are those of its members",
    "config_hash": "the sum of all",
    "expose": "a port for this machine alone is not published any more",
}
"""Attributes of services that may come back otherwise, with the reason. Of others a part may:
binds of small files are configs, HTTP checks ask with what the image has, and ports that are
published for this machine alone are not."""


def plain(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value, enc_hook=int))


def back(project: Project, folder: Path, options: GenerateOptions | None = None) -> Project:
    """``project``, generated and imported."""
    path = folder / "all.yaml"
    path.write_text(to_stream(manifests(project, options).manifests))
    found = read_manifests([str(path)])
    assert found.warnings == ()
    return load(
        Options(files=(str(path),), project_name=found.name, environ={}, reader=found.reader)
    )


def essential(service: dict[str, Any]) -> dict[str, Any]:
    """What a service says that has to come back."""
    kept = {key: value for key, value in service.items() if key not in LOST}
    binds = [m["target"] for m in service.get("volumes", ()) if m["type"] == "bind"]
    files = [c.get("target", c["source"]) for c in service.get("configs", ())]
    kept["volumes"] = [m for m in service.get("volumes", ()) if m["type"] != "bind"]
    kept["configs"] = bool(binds + files)
    kept["ports"] = [p for p in service.get("ports", ()) if p.get("host_ip") != "127.0.0.1"]
    check = dict(service.get("healthcheck") or {})
    words = " ".join(check.pop("test", ()))
    check["test"] = "asks over HTTP" if "http://" in words else words
    kept["healthcheck"] = {"interval": 30 * 10**9, "retries": 3, **check}
    return kept


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_what_a_sample_says_comes_back(name: str, tmp_path: Path) -> None:
    file = SAMPLES / name / "compose.yaml"
    before = load(Options(files=(str(file),), project_name=name, environ={}))
    after = back(before, tmp_path)
    assert after.name == before.name
    assert set(after.services) == set(before.services)
    one, other = plain(before), plain(after)
    for service in one["services"]:
        said, found = one["services"][service], other["services"][service]
        assert essential(found) == essential(said), service
    assert other["networks"] == one["networks"]
    assert other.get("volumes") == one.get("volumes")
    shared = {key: pod for key, pod in before.pods.items() if len(pod.members) > 1}
    assert set(after.pods) == set(shared)
    for key, pod in shared.items():
        assert after.pods[key].members == pod.members
        assert after.pods[key].scale == pod.scale
        assert set(after.pods[key].share) == set(pod.share)


def test_twice_there_and_back_is_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "sidecar"
    shutil.copytree(SAMPLES / "sidecar", folder)
    first = load(Options(files=(str(folder / "compose.yaml"),), project_name="s", environ={}))
    once = back(first, tmp_path)
    again = back(once, tmp_path)
    assert plain(once.services) == plain(again.services)
    assert plain(once.pods) == plain(again.pods)


def test_a_pod_for_each_replica_comes_back_as_replicas(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(
        "services:\n  web: {image: i, scale: 3, restart: on-failure}\n  job: {image: i}\n"
    )
    before = load(Options(files=(str(file),), project_name="p", environ={}))
    after = back(before, tmp_path, GenerateOptions(kind="pod"))
    assert {name: one.replicas for name, one in after.services.items()} == {"web": 3, "job": 1}
    assert after.services["web"].restart == "on-failure"
    assert after.services["job"].restart is None


def test_what_waits_for_a_pod_waits_for_its_members(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(
        "services:\n"
        "  a: {image: i, x-podman: {pod: p}, healthcheck: {test: [CMD, a]}}\n"
        "  b: {image: i, x-podman: {pod: p}}\n"
        "  app: {image: i, x-podman: {depends_on: {p: {condition: service_healthy}}}}\n"
    )
    before = load(Options(files=(str(file),), project_name="p", environ={}))
    assert {d.condition for d in before.services["app"].depends_on.values()} == {
        "running_or_healthy"
    }
    after = back(before, tmp_path).services["app"].depends_on
    conditions = {name: dependency.condition for name, dependency in after.items()}
    assert conditions == {"a": "service_healthy", "b": "service_started"}


ONE_SHOTS = """\
services:
  first: {image: i, x-podman: {pod: p, init: once}}
  second: {image: i, x-podman: {pod: p, init: once}}
  main: {image: i, restart: always, x-podman: {pod: p}}
  migrate: {image: i, depends_on: {db: {condition: service_started}}}
  seed: {image: i}
  db: {image: i, restart: always}
  app:
    image: i
    restart: always
    pre_start: [{command: [prepare]}]
    depends_on:
      migrate: {condition: service_completed_successfully}
      seed: {condition: service_completed_successfully}
"""


def test_what_runs_once_is_again_a_service_or_an_init_container(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(ONE_SHOTS)
    before = load(Options(files=(str(file),), project_name="p", environ={}))
    after = back(before, tmp_path)
    # A hook has no word of its own: it is an init container, and its service in a pod.
    hook = "app-pre-start-1"
    assert set(after.services) == {*before.services, hook}
    for name, service in before.services.items():
        assert after.services[name].pod_init == service.pod_init
    assert after.pods["p"].members == before.pods["p"].members
    assert after.services[hook].pod_init is not None
    conditions = {
        name: {other: need.condition for other, need in service.depends_on.items()}
        for name, service in after.services.items()
    }
    once = "service_completed_successfully"
    assert conditions["main"] == {"first": once, "second": once}
    assert conditions["migrate"] == {"db": "service_started"}
    assert conditions["seed"] == {}
    assert conditions["app"] == {"migrate": once, "seed": once, hook: once}


MANIFEST = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      initContainers:
        - {name: zero, image: i}
        - {name: middle, image: i, volumeMounts: [{name: scratch, mountPath: /s}]}
        - {name: a-last, image: i}
      containers:
        - name: main
          image: i
          readinessProbe: {exec: {command: [ready]}}
          livenessProbe: {exec: {command: [alive]}, periodSeconds: 7}
          volumeMounts: [{name: data, mountPath: /d}, {name: scratch, mountPath: /s}]
      volumes: [{name: scratch, emptyDir: {}}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""


def test_a_manifest_comes_back_by_way_of_a_compose_file(tmp_path: Path) -> None:
    first = tmp_path / "db.yaml"
    first.write_text(MANIFEST)
    found = read_manifests([str(first)])
    project = load(Options(files=(str(first),), project_name="db", environ={}, reader=found.reader))
    (made,) = (m for m in manifests(project).manifests if m["kind"] == "StatefulSet")
    spec = made["spec"]["template"]["spec"]
    assert made["spec"]["replicas"] == 2
    assert [one["name"] for one in spec["initContainers"]] == ["zero", "middle", "a-last"]
    (main,) = spec["containers"]
    assert main["readinessProbe"]["exec"] == {"command": ["ready"]}
    assert main["livenessProbe"]["exec"] == {"command": ["alive"]}
    assert {"name": "db-scratch", "emptyDir": {}} in spec["volumes"]
    assert [one["metadata"]["name"] for one in made["spec"]["volumeClaimTemplates"]] == ["data"]
    after = back(project, tmp_path)
    assert set(after.volumes) == {"data", "db-scratch"}
    assert after.volumes["data"].per_replica
    assert after.services["main"].liveness == project.services["main"].liveness
    assert after.pods["db"].scale == 2
