"""``down`` lets processes end in their own way and time, and no longer."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def said(scenario: Scenario, service: str) -> list[str]:
    path = scenario.folder / "said" / service
    return path.read_text().split() if path.exists() else []


def bring_up(scenario: Scenario) -> None:
    scenario.ok("up", "-d")
    wait_until(
        lambda: said(scenario, "polite") == said(scenario, "deaf") == ["here"], 20, what="both"
    )


def test_down_must_ask_with_the_services_signal_and_kill_after_its_time(
    scenario: ScenarioOf,
) -> None:
    project = scenario("ending")
    bring_up(project)
    project.ok("down")
    assert project.containers() == []
    assert said(project, "polite") == ["bye"]
    assert said(project, "deaf") == ["here", "heard"]
    bring_up(project)
    project.ok("down", "-t", "0")
    assert project.containers() == []
    assert said(project, "polite") == ["here"]
