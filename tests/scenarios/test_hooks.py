"""Lifecycle hooks of services run where their containers do, and in the order that is promised."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.testbed import wait_until

pytestmark = pytest.mark.engine

STARTED = ["pre_start:0", "second:hook:kept", "app", "post_start:0:hook:kept:/tmp"]


def lines(work: Scenario) -> list[str]:
    """What the volume's file has, read on the machine; nothing while there is none."""
    arguments = ("volume", "inspect", f"{work.name}_log", "--format", "{{.Mountpoint}}")
    folder = work.testbed.podman(*arguments, check=False).stdout.strip()
    file = Path(folder) / "lines"
    return file.read_text().split() if folder and file.exists() else []


def test_hooks_must_run_at_every_start_and_stop(scenario: ScenarioOf) -> None:
    work = scenario("hooks")
    work.ok("up", "-d")
    wait_until(lambda: {"app", "after"} <= {*lines(work)}, what="the containers' lines")
    said = lines(work)
    assert sorted(said) == sorted([*STARTED, "after"])
    assert said[:2] == STARTED[:2]
    assert said.index("post_start:0:hook:kept:/tmp") < said.index("after")
    assert set(work.states()) == {"app-1", "after-1"}

    work.ok("up", "-d")
    assert lines(work) == said, "nothing starts, so no hook runs"

    work.ok("restart", "app")
    assert "pre_stop" in lines(work)[len(said) :]
    assert lines(work).count("post_start:0:hook:kept:/tmp") == 2
    assert lines(work).count("pre_start:0") == 1

    work.ok("up", "-d", "--scale", "app=2")
    assert lines(work).count("post_start:0:hook:kept:/tmp") == 3
    assert lines(work).count("pre_start:0") == 1, "a replica more needs no preparation"
    work.ok("up", "-d", "--scale", "app=1")
    assert lines(work).count("pre_stop") == 2

    work.ok("up", "-d", "--force-recreate", "app")
    assert lines(work).count("pre_stop") == 3
    assert lines(work).count("pre_start:0") == 2
    work.ok("kill", "app")
    assert lines(work).count("pre_stop") == 3
    work.ok("start", "app")
    work.ok("down")
    assert lines(work).count("pre_stop") == 4
    assert work.containers() == []


def test_a_failed_hook_must_be_told_and_mended_by_the_next_command(scenario: ScenarioOf) -> None:
    work = scenario("hooks")
    done = work.run("up", "-d", env={"PRE_START": "5"})
    assert done.returncode == 1
    assert "services.app.pre_start[1]" in done.stderr
    assert "exit code 5" in done.stderr
    assert "seeding" in done.stderr
    assert work.states() == {"app-1": "created", "after-1": "created"}

    done = work.run("up", "-d", env={"POST_START": "6"})
    assert done.returncode == 1
    assert "exit code 6" in done.stderr
    assert "greeting" in done.stderr
    assert work.states()["app-1"] == "exited"
    assert work.states()["after-1"] == "created"

    work.ok("up", "-d")
    assert work.states() == {"app-1": "running", "after-1": "running"}
    done = work.run("down", env={"PRE_STOP": "7"})
    assert done.returncode == 1
    assert "exit code 7" in done.stderr
    assert "flushing" in done.stderr
    assert "Traceback" not in done.stderr
    assert work.states() == {"app-1": "running"}
    work.ok("down", "-v")
    assert work.containers() == []
    assert work.resources("volume") == set()


def test_an_attached_up_must_run_pre_stop_when_it_is_interrupted(scenario: ScenarioOf) -> None:
    work = scenario("hooks")
    with work.running("up") as process:
        wait_until(lambda: "at work" in work.output(), what="the app's log")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert lines(work).count("pre_stop") == 1
    assert "app-1 ->  | flushing" in work.output()
    assert set(work.states().values()) == {"exited"}


def test_a_command_that_is_killed_in_a_hook_must_leave_what_the_next_one_mends(
    scenario: ScenarioOf,
) -> None:
    work = scenario("hooks")
    with work.running("up", "-d", env={"PRE_START": "0 & exec sleep 600"}) as process:
        wait_until(lambda: "second:hook:kept" in lines(work), what="the second hook")
        process.kill()
        process.wait(60)
    left = work.testbed.podman("container", "exists", f"{work.name}-app-pre_start-1", check=False)
    assert left.returncode == 0
    work.ok("up", "-d")
    assert lines(work).count("second:hook:kept") == 2
    assert work.states() == {"app-1": "running", "after-1": "running"}
    work.ok("down", "-t", "0")

    with work.running("up", "-d", env={"PRE_START": "0 & exec sleep 600"}) as process:
        wait_until(lambda: lines(work).count("second:hook:kept") == 3, what="the hook")
        process.kill()
        process.wait(60)
    work.ok("down", "-v", "-t", "0")
    assert work.containers() == []
    assert work.resources("volume") == set()
