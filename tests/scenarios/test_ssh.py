"""A project on a machine that is reached over ssh."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import remote
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario
from tests.testbed import Testbed, wait_until

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not remote.SERVER, reason="openssh-server is not installed"),
]


@pytest.fixture(scope="module")
def far(engine: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of programs that reach the engine through ssh only."""
    with remote.far_machine(engine, tmp_path_factory.mktemp("far")) as environ:
        yield environ


@pytest.fixture
def project(scenario: ScenarioOf, far: dict[str, str]) -> Scenario:
    made = scenario("far")
    made.env = {**far, "WORD": "a word that is told to nobody"}
    return made


def logins(environ: dict[str, str]) -> list[int]:
    """Process ids of the logins of composers."""
    key = environ["CONTAINER_SSHKEY"].encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if key in words and b"-L" in words:
            found.append(int(file.parent.name))
    return found


def all_logged_out(environ: dict[str, str]) -> bool:
    return not logins(environ)


def test_a_project_lives_there(project: Scenario) -> None:
    project.ok("up", "-d")
    assert project.states() == {"db-1": "running", "app-1": "running"}
    assert project.resources("volume") == {"data"}
    (app,) = project.ids("app")
    assert project.inside(app, "cat", "/file").stdout == "from the machine of the user\n"
    wait_until(lambda: project.logs_of(app) == project.env["WORD"])

    assert project.env["WORD"] in project.ok("logs", "app")
    assert project.ok("exec", "-T", "app", "cat", "/file") == "from the machine of the user\n"
    assert project.run("exec", "-T", "app", "false").returncode == 1
    assert "app" in project.ok("ps", "--services")
    before = project.ids()
    project.ok("up", "-d", "--scale", "app=2")
    assert set(before) < set(project.ids())
    project.ok("stop", "-t0", "app")
    assert project.states() == {"app-1": "exited", "app-2": "exited", "db-1": "running"}
    project.ok("down", "-v", "-t0")
    assert project.ids() == []
    assert project.resources("volume") == set()
    assert all_logged_out(project.env)


def test_it_needs_no_path_in_the_address(project: Scenario) -> None:
    address = project.env["CONTAINER_HOST"].removesuffix(project.testbed.socket)
    assert address != project.env["CONTAINER_HOST"]
    project.ok("up", "-d", "db", env={"CONTAINER_HOST": address})
    assert project.states() == {"db-1": "running"}


def test_an_interrupted_command_stops_its_containers_there(project: Scenario) -> None:
    with project.running("up", "db") as composer:
        wait_until(lambda: "serving" in project.output())
        os.killpg(composer.pid, signal.SIGINT)  # as the terminal does: ssh gets it, too
        assert composer.wait(60) == 130
    assert project.states() == {"db-1": "exited"}
    assert all_logged_out(project.env)


def test_the_login_ends_with_a_command_that_is_killed(project: Scenario) -> None:
    with project.running("up", "db") as composer:
        wait_until(lambda: "serving" in project.output())
        assert logins(project.env)
        composer.kill()
        wait_until(lambda: all_logged_out(project.env))
    project.ok("down", "-t0")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"CONTAINER_HOST": "ssh://127.0.0.1:1/run/podman.sock"}, "Connection refused"),
        ({"CONTAINER_SSHKEY": "/nowhere/key"}, "Permission denied"),
        ({}, "podman.socket"),
    ],
    ids=["nobody listens", "no key", "no socket"],
)
def test_what_is_wrong_is_said_at_once(project: Scenario, wrong: dict[str, str], says: str) -> None:
    if not wrong:
        wrong = {"CONTAINER_HOST": project.env["CONTAINER_HOST"] + ".other"}
    begun = time.monotonic()
    done = project.run("ps", env=wrong)
    assert done.returncode == 1
    assert "cannot reach Podman at ssh://" in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < 60
    assert all_logged_out(project.env)


def test_a_folder_that_is_not_there_is_told_as_one_of_that_machine(project: Scenario) -> None:
    done = project.run("up", "-d", "bound")
    assert done.returncode == 1
    assert "another machine" in done.stderr
    assert not (project.folder / "nowhere").exists()
