"""The program dies while it works on pods, and the next command brings them to rights."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.scenarios.test_interrupted import Walk, kill_at
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

UP = ("up", "-d")
WALKS = {
    "up": (Walk(UP, (("down", "-v"),)), (2, 4, 7)),
    "change": (Walk(UP, (UP,), {"HOST": "two"}), (2, 5, 8, 11)),
    "scale": (Walk((*UP, "--scale", "main=2"), (UP,), tops=2), (1, 3, 6)),
    "scale back": (Walk(UP, ((*UP, "--scale", "main=2"),)), (2, 5)),
}
"""What is killed, and at which of its changing calls: those that make, start and end parts."""


def check(work: Scenario, walk: Walk) -> None:
    """All pods are there, with all their members, which share what they should."""
    numbers = range(1, walk.tops + 1)
    assert set(work.pods()) == {f"group-{number}" for number in numbers}
    assert len(work.infra()) == walk.tops
    running = {f"{name}-{number}": "running" for name in ("main", "side") for number in numbers}
    assert work.states() == running | {f"setup-{number}": "exited" for number in numbers}
    host = walk.env.get("HOST", "one")
    for number in numbers:
        assert page(work, f"{work.name}-side-{number}") == host


def page(work: Scenario, container: str) -> str:
    """The page that ``main`` serves, as soon as it does."""

    def answer() -> str:
        return work.inside(container, "wget", "-qO-", "http://localhost").stdout.strip()

    return wait_until(answer, what="a page")


@pytest.mark.parametrize("name", WALKS)
def test_up_must_finish_pods_that_a_killed_command_began(scenario: ScenarioOf, name: str) -> None:
    work = scenario("grouped")
    walk, numbers = WALKS[name]
    for number in numbers:
        for command in walk.before:
            work.ok(*command)
        sprung, _ = kill_at(work, walk, number, passing=True)
        assert sprung, "fewer steps than this test is about"
        work.ok(*walk.command, env=walk.env)
        check(work, walk)


@pytest.mark.parametrize("name", ["change", "scale"])
def test_down_must_leave_nothing_of_pods_that_a_killed_command_left(
    scenario: ScenarioOf, name: str
) -> None:
    work = scenario("grouped")
    walk, _ = WALKS[name]
    for number in (3, 6):
        work.ok(*UP)
        sprung, _ = kill_at(work, walk, number, passing=False)
        assert sprung
        work.ok("down", "-v")
        assert work.pods() == {}
        assert work.infra() == []
        assert work.containers() == []
        assert work.resources("network") == set()
