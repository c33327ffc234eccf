"""``plan`` must tell what ``up`` would do, and do nothing."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.conftest import ScenarioOf

pytestmark = pytest.mark.engine


def test_a_plan_must_name_what_up_then_does(scenario: ScenarioOf) -> None:
    work = scenario("three-tier")
    told = json.loads(work.ok("plan", "--format", "json"))
    assert work.containers() == []
    assert work.resources("network") == set()
    created = {o["subject"] for o in told["operations"] if o["operation"] == "CreateContainer"}
    networks = {o["subject"] for o in told["operations"] if o["operation"] == "CreateNetwork"}

    work.ok("up", "-d", env={"WEB_PORT": "0"})
    assert {one["Name"] for one in work.containers()} == created
    assert {f"{work.name}_{name}" for name in work.resources("network")} == networks

    ids = work.ids()
    again = json.loads(work.ok("plan", "--format", "json", env={"WEB_PORT": "0"}))
    assert again["operations"] == []
    assert {one["name"] for one in again["unchanged"]} == created
    tree = work.ok("plan", "--scale", "web=0", "db", "web", env={"WEB_PORT": "0"})
    assert f"Container {work.name}-web-1" in tree
    assert "Removing" in tree
    assert work.ids() == ids
