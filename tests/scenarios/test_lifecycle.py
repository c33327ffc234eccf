"""The commands on a plain project: each does its part to the containers and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.recorder import recording
from tests.scenarios.steps import Scenario, started
from tests.testbed import wait_until

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def running(shared: ScenarioOf) -> Scenario:
    return shared("plain")


@pytest.fixture
def plain(running: Scenario) -> Scenario:
    """The project up, as its file says, whatever the test before did."""
    running.ok("up", "-d")
    return running


def test_create_must_make_containers_and_start_none(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.ok("create")
    assert plain.states() == {"one-1": "created", "two-1": "created"}
    made = plain.ids()
    plain.ok("up", "-d")
    assert plain.ids() == made
    assert plain.states() == {"one-1": "running", "two-1": "running"}


def test_containers_must_carry_the_labels_of_both_families(plain: Scenario) -> None:
    labels = plain.container("one")["Config"]["Labels"]
    assert labels["com.docker.compose.project"] == plain.name
    assert labels["com.docker.compose.service"] == "one"
    assert labels["com.docker.compose.container-number"] == "1"
    assert labels["com.docker.compose.oneoff"] == "False"
    assert labels["com.docker.compose.project.working_dir"] == str(plain.folder)
    assert labels["com.docker.compose.project.config_files"] == str(plain.folder / "compose.yaml")
    assert labels["com.docker.compose.config-hash"]
    assert labels["io.podman.compose.project"] == plain.name
    assert labels["io.podman.compose.service"] == "one"


def test_restart_must_start_anew_and_keep_the_container(plain: Scenario) -> None:
    before, other = plain.container("one"), plain.container("two")
    plain.ok("restart", "one")
    after = plain.container("one")
    assert after["Id"] == before["Id"]
    assert started(after) > started(before)
    assert started(plain.container("two")) == started(other)


def test_kill_must_end_and_rm_must_remove(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.ok("up", "-d")
    plain.ok("kill", "two")
    ended = {"one-1": "running", "two-1": "exited"}
    wait_until(lambda: plain.states() == ended, what="the end of what was killed")
    plain.ok("rm", "-f")
    assert plain.states() == {"one-1": "running"}
    plain.ok("rm", "-fs", "one")
    assert plain.states() == {}


def test_ls_must_list_the_project(plain: Scenario) -> None:
    listed = {each["Name"]: each for each in json.loads(plain.ok("ls", "--format", "json"))}
    assert listed[plain.name]["Status"] == "running(2)"
    assert listed[plain.name]["ConfigFiles"] == str(plain.folder / "compose.yaml")


def test_ps_must_show_stopped_containers_with_all_only(plain: Scenario) -> None:
    plain.ok("stop", "two")
    assert plain.ok("ps", "--services").split() == ["one"]
    assert plain.ok("ps", "-q").split() == plain.ids("one")
    assert set(plain.ok("ps", "-aq").split()) == set(plain.ids())


def test_orphans_must_be_removed_when_asked_and_only_then(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.ok("up", "-d")
    file = plain.folder / "compose.yaml"
    text = file.read_text()
    file.write_text(text[: text.index("  two:")] + "volumes:\n  data:\n")
    plain.ok("up", "-d")
    assert set(plain.states()) == {"one-1", "two-1"}
    plain.ok("up", "-d", "--remove-orphans")
    assert set(plain.states()) == {"one-1"}


def test_named_volumes_must_keep_data_over_recreation(plain: Scenario) -> None:
    plain.ok("exec", "-T", "one", "sh", "-c", "echo kept >/data/file")
    before = plain.ids("one")
    plain.ok("up", "-d", env={"COLOUR": "blue"})
    assert plain.ids("one") != before
    assert plain.ok("exec", "-T", "one", "cat", "/data/file").strip() == "kept"
    assert plain.ok("exec", "-T", "one", "sh", "-c", "echo $COLOUR").strip() == "blue"


def test_down_must_leave_nothing_and_work_twice(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.ok("up", "-d")
    plain.ok("down", "-v")
    assert plain.containers() == []
    assert plain.resources("network") == plain.resources("volume") == set()
    plain.ok("down", "-v")


def test_down_must_find_a_project_by_its_name_without_its_file(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.ok("up", "-d")
    (plain.folder / "compose.yaml").unlink()
    plain.ok("down")
    assert plain.containers() == []
    assert plain.resources("network") == set()


def test_a_plan_shown_by_dry_run_of_down_must_change_nothing(plain: Scenario) -> None:
    before = plain.ids()
    with recording(plain.folder, plain.testbed.socket) as recorder:
        done = plain.run("--dry-run", "down", "-v", env={"CONTAINER_HOST": recorder.url})
    assert done.returncode == 0, done.stderr
    assert recorder.changes == []
    assert plain.ids() == before
    assert "two-1" in done.stdout + done.stderr


def test_two_ups_at_once_must_make_one_project(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    with plain.running("up", "-d") as first:
        plain.ok("up", "-d")
        assert first.wait(60) == 0, plain.output()
    assert plain.states() == {"one-1": "running", "two-1": "running"}
