"""``up`` in the foreground: it shows what the containers say, and its end is their end."""

from __future__ import annotations

import signal

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def test_interrupting_must_stop_the_containers_and_end_with_130(scenario: ScenarioOf) -> None:
    work = scenario("exits")
    with work.running("up", "stays") as process:
        wait_until(lambda: "stays-1 " in work.output() and "here" in work.output())
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert work.states() == {"stays-1": "exited"}
    assert "Traceback" not in work.output()


def test_up_must_end_by_itself_when_all_containers_have_ended(scenario: ScenarioOf) -> None:
    work = scenario("exits")
    done = work.run("up", "--no-deps", "ends", env={"CODE": "0"}, timeout=60)
    assert done.returncode == 0
    assert work.states() == {"ends-1": "exited"}


def test_abort_on_container_exit_must_stop_the_others_and_give_the_code(
    scenario: ScenarioOf,
) -> None:
    work = scenario("exits")
    done = work.run("up", "--abort-on-container-exit", timeout=60)
    assert done.returncode == 7, done.stderr
    assert work.states() == {"stays-1": "exited", "ends-1": "exited"}


def test_exit_code_from_must_give_the_code_of_that_service(scenario: ScenarioOf) -> None:
    work = scenario("exits")
    done = work.run("up", "--exit-code-from", "ends", env={"CODE": "23"}, timeout=60)
    assert done.returncode == 23, done.stderr
    assert work.states() == {"stays-1": "exited", "ends-1": "exited"}
