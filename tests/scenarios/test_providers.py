"""A service that a program provides: the program is called, and dependants get its variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario

pytestmark = pytest.mark.engine

OPTIONS = "--type=mysql --size=256 --name=a --name=b"


@pytest.fixture
def cloud(scenario: ScenarioOf) -> Scenario:
    work = scenario("provider")
    work.env["PATH"] = f"{work.folder}/bin:{os.environ['PATH']}"
    work.env["CALLS"] = str(work.folder / "calls")
    return work


def calls(work: Scenario) -> list[str]:
    """How the program was called, without the project's name; forgets it."""
    file = Path(work.env["CALLS"])
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return [line.replace(f"compose --project-name={work.name} ", "") for line in lines]


def url(work: Scenario) -> list[str]:
    said = work.container("app")["Config"]["Env"]
    return [text for text in said if text.startswith("DATABASE_")]


def test_a_provider_must_be_called_and_its_variables_reach_dependants(cloud: Scenario) -> None:
    cloud.ok("up", "-d")
    assert sorted(calls(cloud)[0].split()) == sorted(f"up {OPTIONS} database".split())
    assert url(cloud) == ["DATABASE_URL=https://cloud.example/one?a=b"]
    assert cloud.states() == {"app-1": "running", "base-1": "running"}
    first = cloud.ids()

    cloud.ok("up", "-d")
    assert len(calls(cloud)) == 1
    assert cloud.ids() == first, "the same variables, the same containers"

    cloud.ok("up", "-d", env={"DATABASE": "two"})
    assert url(cloud) == ["DATABASE_URL=https://cloud.example/two?a=b"]
    assert cloud.ids("base") == [first[1]]

    calls(cloud)
    cloud.ok("stop")
    assert calls(cloud) == [], "it does not say that it can stop"
    metadata = '{"description": "x", "down": {"parameters": [{"name": "size"}]}, "stop": {}}'
    cloud.ok("stop", env={"METADATA": metadata})
    assert calls(cloud) == ["stop database"]
    cloud.ok("down", env={"METADATA": metadata})
    assert calls(cloud) == ["down --size=256 database"]
    assert cloud.containers() == []


def test_a_provider_that_fails_or_is_missing_must_be_told(cloud: Scenario) -> None:
    for env, told in (
        ({"FAIL": "1"}, "the provider of service database: no money left"),
        ({"CODE": "3"}, "the provider of service database: ended with exit code 3"),
        ({"KIND": "nosuch"}, "there is no provider program nosuch"),
        (
            {"METADATA": '{"up": {"parameters": [{"name": "zone", "required": true}]}}'},
            "the provider needs the option zone",
        ),
    ):
        done = cloud.run("up", "-d", env=env)
        assert done.returncode == 1
        assert told in done.stderr
        assert "compose.yaml:4" in done.stderr or "compose.yaml:5" in done.stderr
        assert "app-1" not in cloud.states()
    cloud.ok("up", "-d")
    assert cloud.states()["app-1"] == "running"
