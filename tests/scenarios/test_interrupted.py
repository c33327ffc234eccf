"""The program dies at any step of a plan, and the next command brings the project to rights."""

from __future__ import annotations

import itertools
import queue
import signal
import subprocess
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.recorder import Trap
from tests.scenarios.steps import Scenario
from tests.testbed import Testbed

pytestmark = pytest.mark.engine

NEW = {"VERSION": "two"}


class Walk(NamedTuple):
    """A command that is killed at every step, and what it starts from."""

    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...]
    """The commands that bring about the state from which it starts, the first time and again."""
    env: Mapping[str, str] = {}
    tops: int = 1
    """Replicas of ``top`` that the command is about to make."""
    steps: int = 4
    """It has at least so many changing calls."""


WALKS = {
    "up": Walk(("up", "-d"), (("down", "-v"),)),
    "recreate": Walk(("up", "-d"), (("up", "-d", "--remove-orphans"),), NEW),
    "network": Walk(("up", "-d"), (("up", "-d"),), {"INTERNAL": "true"}),
    "scale up": Walk(("up", "-d", "--scale", "top=2"), (("up", "-d"),), tops=2, steps=3),
    "scale down": Walk(("up", "-d"), (("up", "-d", "--scale", "top=2"),), steps=2),
    "down": Walk(("down", "-v"), (("up", "-d"),)),
    "down, keeping volumes": Walk(("down",), (("up", "-d"),)),
}


@pytest.fixture
def work(scenario: ScenarioOf, engine: Testbed) -> Scenario:
    """The project, alone on the engine: what is left over need not carry its name."""
    engine.clear()
    return scenario("interrupted")


def kill_at(
    work: Scenario, walk: Walk, number: int, *, passing: bool
) -> tuple[bool, list[tuple[str, str]]]:
    """Run the walk's command and kill it at its ``number``-th changing call.

    Whether it came so far, and the changing calls up to there.
    """
    victims: queue.SimpleQueue[subprocess.Popen[str]] = queue.SimpleQueue()
    path = work.folder / f"trap-{number}-{passing}.sock"
    trap = Trap(
        path,
        work.testbed.socket,
        number=number,
        passing=passing,
        spring=lambda: victims.get().send_signal(signal.SIGKILL),
    )
    try:
        env = {**walk.env, "CONTAINER_HOST": trap.url}
        with work.running("--parallel", "1", *walk.command, env=env) as process:
            victims.put(process)
            code = process.wait(60)
        assert code == (-signal.SIGKILL if trap.sprung.is_set() else 0), work.output()
        return trap.sprung.is_set(), trap.changes
    finally:
        trap.close()


def states(work: Scenario) -> dict[str, str]:
    """State by name of all containers of the test engine."""
    listed = work.testbed.api.get("/containers/json?all=true")
    return {one["Names"][0].removeprefix(f"{work.name}-"): one["State"] for one in listed}


def volumes(work: Scenario) -> dict[str, str]:
    """Time of creation by name of all volumes of the test engine."""
    return {one["Name"]: one["CreatedAt"] for one in work.testbed.api.get("/volumes/json")}


def networks(work: Scenario) -> set[str]:
    """All networks of the test engine but its own."""
    return {one["name"] for one in work.testbed.api.get("/networks/json")} - {"podman"}


def check_up(work: Scenario, walk: Walk, known: Mapping[str, str]) -> None:
    """What has to be true after ``up``, whatever was there; ``known`` are volumes that stay."""
    tops = {f"top-{number}": "running" for number in range(1, walk.tops + 1)}
    assert states(work) == {"base-1": "running", **tops}
    base = work.testbed.api.get(f"/containers/{work.name}-base-1/json")
    assert f"VERSION={walk.env.get('VERSION', 'one')}" in base["Config"]["Env"]
    assert work.inside(base["Id"], "cat", "/etc/motd").stdout.strip() == "hello"
    mounted = {mount["Destination"]: mount["Name"] for mount in base["Mounts"]}
    assert mounted["/data"] == f"{work.name}_data"
    present = volumes(work)
    assert set(present) == set(mounted.values()), "no volume is left over"
    assert known.items() <= present.items(), "no volume was lost or made anew"
    assert networks(work) == {f"{work.name}_default"}


def check_down(work: Scenario) -> None:
    assert states(work) == {}
    assert networks(work) == set()
    assert volumes(work) == {}


def steps(
    work: Scenario, walk: Walk, *, passing: bool, stride: int = 1
) -> Iterator[Mapping[str, str]]:
    """Kill the command at its first, second … step; the volumes that were there before."""
    for number in itertools.count(1, stride):
        for command in walk.before:
            work.ok(*command)
        known = volumes(work)
        sprung, changes = kill_at(work, walk, number, passing=passing)
        if not sprung:
            assert number > len(changes) >= walk.steps, "fewer steps than this test is about"
            return
        yield known


@pytest.mark.parametrize("name", ["up", "recreate", "scale up", "scale down"])
def test_up_must_finish_what_a_killed_command_began(work: Scenario, name: str) -> None:
    walk = WALKS[name]
    for known in steps(work, walk, passing=True):
        work.ok(*walk.command, env=walk.env)
        check_up(work, walk, known)


@pytest.mark.parametrize("name", ["up", "recreate", "down"])
def test_down_must_take_away_what_a_killed_command_left(work: Scenario, name: str) -> None:
    walk = WALKS[name]
    for _ in steps(work, walk, passing=False, stride=2):
        work.ok("down", "-v")
        check_down(work)


def test_up_must_finish_after_a_killed_down(work: Scenario) -> None:
    walk = WALKS["down, keeping volumes"]
    for known in steps(work, walk, passing=True):
        work.ok("up", "-d")
        assert states(work) == {"base-1": "running", "top-1": "running"}
        named = f"{work.name}_data"
        assert volumes(work)[named] == known[named]
    # Docker Compose leaves anonymous volumes as well when it is not told -v.
    work.ok("down")
    work.testbed.podman("volume", "prune", "-f")


def test_up_must_finish_a_network_that_a_killed_command_was_making_anew(
    work: Scenario,
) -> None:
    walk = WALKS["network"]
    for known in steps(work, walk, passing=True, stride=3):
        work.ok(*walk.command, env=walk.env)
        check_up(work, walk, known)
        assert work.testbed.api.get(f"/networks/{work.name}_default/json")["internal"] is True


@pytest.mark.parametrize("number", [3, 6, 9])
def test_up_must_finish_when_the_engine_died_meanwhile(
    work: Scenario, engine: Testbed, number: int
) -> None:
    trap = Trap(
        work.folder / "trap.sock",
        engine.socket,
        number=number,
        passing=True,
        spring=engine.restart,
    )
    try:
        done = work.run("--parallel", "1", "up", "-d", env={"CONTAINER_HOST": trap.url})
    finally:
        trap.close()
    assert trap.sprung.is_set()
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    work.ok("up", "-d")
    check_up(work, WALKS["up"], {})
    work.ok("down", "-v")
    check_down(work)
