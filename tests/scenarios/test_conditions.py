"""Dependants start when their condition is met: not before, and never without it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import fetch_ready, free_port, started
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


def test_a_dependant_must_start_only_when_its_dependency_is_healthy(scenario: ScenarioOf) -> None:
    gated = scenario("health-gated")
    gated.ok("up", "-d")
    (slow,) = gated.ids("slow")
    ready = int(gated.inside(slow, "stat", "-c", "%Y", "/ready").stdout)
    assert datetime.fromisoformat(started(gated.container("client"))).timestamp() >= ready
    assert gated.states() == {"slow-1": "running", "client-1": "running"}
    health = gated.container("slow")["State"]["Health"]
    assert (health["Status"], health["FailingStreak"]) == ("healthy", 0), (
        "early probes do not count"
    )


def test_a_dependency_that_gets_unhealthy_must_fail_up_and_hold_back_its_dependant(
    scenario: ScenarioOf,
) -> None:
    sick = scenario("unhealthy")
    done = sick.run("up", "-d")
    assert done.returncode == 1
    assert "sick" in done.stderr
    assert "unhealthy" in done.stderr
    assert "Traceback" not in done.stderr
    assert sick.states().get("client-1") in (None, "created")


def test_a_job_must_end_before_its_dependant_starts(scenario: ScenarioOf) -> None:
    work = scenario("job")
    work.ok("up", "-d")
    job, app = work.container("job"), work.container("app")
    assert job["State"]["Status"] == "exited"
    assert job["State"]["ExitCode"] == 0
    assert job["State"]["FinishedAt"] <= started(app)


def test_a_failed_job_must_fail_up_with_its_code_and_last_lines_until_it_is_mended(
    scenario: ScenarioOf,
) -> None:
    work = scenario("job")
    done = work.run("up", "-d", env={"CODE": "3"})
    assert done.returncode == 1
    assert "job" in done.stderr
    assert "3" in done.stderr
    assert "working" in done.stderr
    assert work.states().get("app-1") in (None, "created")
    work.ok("up", "-d")
    assert work.states() == {"app-1": "running", "job-1": "exited"}


def test_up_wait_must_return_when_all_run_and_are_healthy(scenario: ScenarioOf) -> None:
    gated = scenario("health-gated")
    gated.ok("up", "--wait", env={"WARM_UP": "1"})
    assert gated.states() == {"slow-1": "running", "client-1": "running"}
    assert gated.inside(gated.ids("slow")[0], "test", "-f", "/ready").returncode == 0


def test_up_wait_must_give_up_after_its_timeout(scenario: ScenarioOf) -> None:
    gated = scenario("health-gated")
    done = gated.run("up", "--wait", "--wait-timeout", "2", env={"WARM_UP": "600"})
    assert done.returncode == 1
    assert "slow" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_migration_sample_must_migrate_before_the_application(scenario: ScenarioOf) -> None:
    notes = scenario("migration")
    notes.ok("up", "-d")
    (app,) = notes.ids("app")
    assert notes.container("migrate")["State"]["FinishedAt"] <= started(notes.container("app"))
    wait_until(lambda: "written by the migration" in notes.logs_of(app), what="the note")


def test_the_migration_sample_must_not_start_the_application_when_it_fails(
    scenario: ScenarioOf,
) -> None:
    notes = scenario("migration")
    done = notes.run("up", "-d", env={"MIGRATION": "broken"})
    assert done.returncode == 1
    assert "migrate" in done.stderr
    assert "no_such_table" in done.stderr
    assert notes.states().get("app-1") in (None, "created")
    assert notes.states()["db-1"] == "running"


def test_profiles_must_choose_what_starts(scenario: ScenarioOf) -> None:
    chosen = scenario("profiles")
    chosen.ok("up", "-d")
    assert set(chosen.states()) == {"app-1"}
    chosen.ok("--profile", "debug", "up", "-d")
    assert set(chosen.states()) == {"app-1", "debug-1"}
    chosen.ok("up", "-d", "load")
    assert set(chosen.states()) == {"app-1", "debug-1", "load-1"}
    chosen.ok("--profile", "*", "down")
    assert chosen.containers() == []


def test_the_scaling_sample_must_reach_replicas_as_they_come(scenario: ScenarioOf) -> None:
    scaled = scenario("scaling")
    scaled.env["PROXY_PORT"] = str(free_port())
    scaled.ok("up", "-d")
    port = int(scaled.env["PROXY_PORT"])
    assert len(scaled.ids("worker")) == 2
    scaled.ok("up", "-d", "--scale", "worker=4")
    wanted = {one["Config"]["Hostname"] for one in scaled.containers("worker")}
    assert len(wanted) == 4
    seen: set[str] = set()

    def all_seen() -> bool:
        seen.add(fetch_ready(port).strip())
        return seen >= wanted

    wait_until(all_seen, what=f"answers of {wanted}")
