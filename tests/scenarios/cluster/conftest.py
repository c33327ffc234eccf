"""Fixtures of the scenarios on a cluster."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import real_api_server
from tests.fake_cluster.client import Client, Cluster
from tests.fake_cluster.controllers import Controllers
from tests.fake_cluster.server import FakeCluster
from tests.scenarios.on_cluster import ClusterScenario
from tests.scenarios.on_cluster import cluster as any_cluster

WHICH = "stub" if real_api_server.programs() is None else "real"


@pytest.fixture(scope="module", params=[WHICH])
def cluster() -> Iterator[Cluster]:
    """The cluster. The names of tests say whether it is a stub or a real API server."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed: make setup brings it")
    with any_cluster() as running:
        yield running


@pytest.fixture
def project(cluster: Cluster, composer_program: str, tmp_path: Path) -> Iterator[ClusterScenario]:
    """A project with a Deployment and a StatefulSet, on a cluster whose pods all run."""
    with Controllers(Client(cluster.url)) as playing:
        scenario = ClusterScenario(composer_program, cluster, playing, tmp_path)
        yield scenario
        if scenario.client.namespace(scenario.name) is not None:
            scenario.client.call("DELETE", f"/api/v1/namespaces/{scenario.name}")


@pytest.fixture
def stub(cluster: Cluster) -> FakeCluster:
    if not isinstance(cluster, FakeCluster):
        pytest.skip("there are no nodes that keep logs")
    return cluster
