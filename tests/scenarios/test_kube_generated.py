"""A Compose file becomes manifests, and these run on Podman as the file does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import SAMPLES, Scenario, fetch, fetch_ready, free_port
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def generated(work: Scenario, *options: str) -> str:
    """The name of the file with the manifests of the project."""
    work.ok("kube", "generate", "-o", "all.yaml", *options)
    return "all.yaml"


def test_three_tiers_must_answer_scale_and_go(scenario: ScenarioOf) -> None:
    work = scenario("three-tier")
    port = free_port()
    work.env["WEB_PORT"] = str(port)
    work.ok("build")
    file = generated(work)
    work.ok("kube", "play", "-d", "--wait", file)
    before = json.loads(fetch_ready(port, "/api"))
    assert before
    networks = {key: set(one["NetworkSettings"]["Networks"]) for key, one in _by_service(work)}
    assert networks["web"] != networks["db"]
    assert networks["web"] & networks["app"]
    assert networks["db"] <= networks["app"]
    work.ok("kube", "play", "-d", "--scale", "app=3", file)
    assert len(work.containers("app")) == 3
    assert fetch_ready(port, "/api")
    work.ok("kube", "down", "--force", file)
    assert work.containers() == []
    assert work.resources("network") == work.resources("volume") == set()


def test_services_in_pods_must_answer_scale_and_go(scenario: ScenarioOf) -> None:
    work = scenario("microservices")
    port = free_port()
    work.env |= {"PORT": str(port), "CLIENTS": str(SAMPLES / "three-tier" / "app")}
    file = generated(work, "--host-ports")
    work.ok("kube", "play", "-d", "--wait", file)
    assert json.loads(fetch_ready(port, "/stock")) == {"apples": 2, "pears": 5}
    assert len(work.pods()) == 3
    work.ok("kube", "play", "-d", "--scale", "stock=2", file)
    assert len(work.pods()) == 4
    wait_until(lambda: fetch(port, "/stock")[0] == 200, what="the stock")
    work.ok("kube", "down", "--force", file)
    assert work.containers() == []
    assert work.pods() == {}


def _by_service(work: Scenario) -> list[tuple[str, dict[str, Any]]]:
    return [
        (one["Config"]["Labels"]["com.docker.compose.service"], one) for one in work.containers()
    ]
