"""``kube apply --push --registry``: built images reach the cluster by a registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_cluster.client import Cluster
from tests.registry import Registry
from tests.scenarios.on_cluster import ClusterScenario
from tests.scenarios.on_cluster import cluster as any_cluster
from tests.testbed import Testbed

pytestmark = pytest.mark.engine

FILE = """
services:
  web:
    image: shop/web:1
    build: {context: ., dockerfile_inline: "FROM busybox:latest\\nENV VERSION=one\\n"}
    pre_start: [{command: ["true"], image: "shop/web:1"}]
  worker: {image: "shop/web:1"}
  side:
    build: {context: ., dockerfile_inline: "FROM busybox:latest\\nENV SIDE=yes\\n"}
  other: {image: example.org/other:1}
"""


@pytest.fixture(scope="module")
def cluster(engine: Testbed) -> Iterator[Cluster]:
    """A cluster in the engine's network: what reaches one has to reach the other."""
    with any_cluster() as running:
        yield running


@pytest.fixture
def registry(engine: Testbed, project: ClusterScenario) -> Iterator[Registry]:
    """A registry; the images in it are removed from the engine, and ``project`` uses both."""
    project.write(FILE)
    environ = engine.environ()
    project.env |= {key: environ[key] for key in ("CONTAINER_HOST", "CONTAINERS_CONF", "PATH")}
    with Registry() as running:
        yield running
    listed = engine.podman("images", "--format={{.Repository}}:{{.Tag}}").stdout.split()
    ours = [name for name in listed if name.startswith(f"127.0.0.1:{running.port}/")]
    if ours:
        engine.podman("rmi", "-f", *ours)


def template(project: ClusterScenario, name: str) -> dict[str, Any]:
    """The template of a Deployment's pods."""
    found = project.client.get("deployments", project.name, name)
    assert found is not None
    return dict(found["spec"]["template"])


def ids(pod: dict[str, Any]) -> set[str]:
    """The ids of images that a template of pods is annotated with."""
    return set((pod["metadata"].get("annotations") or {}).values())


def test_what_is_built_must_reach_the_cluster_by_the_registry(
    engine: Testbed, project: ClusterScenario, registry: Registry
) -> None:
    place = f"127.0.0.1:{registry.port}/team"
    told = project.ok("apply", "--push", "--registry", place, "--dry-run=server")
    assert "deployment.apps/web created" in told.stdout
    assert registry.pushed == {}

    project.ok("apply", "--push", "--registry", place)
    side = f"{project.name}-side"
    assert set(registry.pushed) == {"team/web:1", f"team/{side}:latest"}
    shop = engine.podman("image", "inspect", f"{place}/web:1", "--format={{.Id}}").stdout.strip()
    for name in ("web", "worker"):
        pod = template(project, name)
        spec = pod["spec"]
        assert {
            (one["image"], one["imagePullPolicy"])
            for one in (*spec.get("initContainers", ()), *spec["containers"])
        } == {(f"{place}/web:1", "Always")}
        assert ids(pod) == {shop}
    assert template(project, "side")["spec"]["containers"][0]["image"] == f"{place}/{side}"
    assert template(project, "other")["spec"]["containers"][0]["image"] == "example.org/other:1"


def test_a_tag_with_another_image_must_be_rolled_out(
    project: ClusterScenario, registry: Registry
) -> None:
    place = f"127.0.0.1:{registry.port}"
    project.ok("apply", "--push", "--registry", place)
    first = ids(template(project, "web"))
    again = project.ok("apply", "--push", "--registry", place)
    assert "Deployment web  Unchanged" in again.stderr
    # Without a push nobody knows of another image.
    assert project.ok("diff", "--registry", place).stdout == ""
    assert "Deployment web  Unchanged" in project.ok("apply", "--registry", place).stderr

    project.change("VERSION=one", "VERSION=two")
    done = project.ok("apply", "--push", "--registry", place)
    assert "Deployment web  Configured" in done.stderr
    assert "Deployment worker  Configured" in done.stderr
    assert "Deployment side  Unchanged" in done.stderr
    assert "Deployment web  Available" in done.stderr
    second = ids(template(project, "web"))
    assert len(first) == len(second) == 1
    assert first != second


def test_a_pod_of_its_own_must_be_made_anew_for_another_image(
    project: ClusterScenario, registry: Registry
) -> None:
    words = ("apply", "--kind", "pod", "--push", "--registry", f"127.0.0.1:{registry.port}")
    project.ok(*words)
    project.change("VERSION=one", "VERSION=two")
    done = project.ok(*words)
    assert "Pod web  Replaced" in done.stderr
    assert "Pod side  Unchanged" in done.stderr


def test_what_cannot_be_pushed_must_change_nothing_there(
    project: ClusterScenario, registry: Registry
) -> None:
    assert "--push --registry" in project.refused("apply", "--push")
    assert "'shop' is no registry" in project.refused("apply", "--push", "--registry", "shop")
    project.change("  side:\n", "  side:\n    image: other.org/web:1\n")
    place = f"127.0.0.1:{registry.port}"
    both = project.refused("apply", "--push", "--registry", place)
    assert f"other.org/web:1 and shop/web:1 would both be {place}/web:1" in both
    project.write(FILE)
    registry.close()
    said = project.refused("apply", "--push", "--registry", place)
    assert f"{place}/web:1" in said
    assert project.client.namespace(project.name) is None


def test_images_that_no_cluster_can_pull_must_be_told_of(
    project: ClusterScenario, registry: Registry
) -> None:
    said = project.ok("apply", "--no-wait").stderr
    assert "service web: shop/web:1 is built here, where a cluster cannot pull it from" in said
    assert said.count("is built here") == 2
    place = f"127.0.0.1:{registry.port}"
    assert "is built here" not in project.ok("apply", "--no-wait", "--registry", place).stderr
    assert registry.pushed == {}
