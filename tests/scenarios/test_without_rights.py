"""A user without root's rights is told what that rules out, and what to do about it."""

from __future__ import annotations

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not rootless.asked_for(), reason="root may do all of this"),
]


def test_a_low_port_must_be_refused_with_what_to_do(scenario: ScenarioOf) -> None:
    work = scenario("rightless")
    done = work.run("up", "-d", "low")
    assert done.returncode == 1
    assert "privileged port 22" in done.stderr
    assert "choose a larger port number" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_must_be_named(scenario: ScenarioOf) -> None:
    work = scenario("rightless")
    done = work.run("up", "-d", "shut")
    assert done.returncode == 1
    said = "services.shut.volumes[0]: cannot create the bind mount's source /etc/of-root/folder"
    assert said in done.stderr
    assert "create it yourself" in done.stderr


def test_limits_that_are_not_given_must_be_warned_of_once(scenario: ScenarioOf) -> None:
    work = scenario("rightless")
    done = work.run("up", "-d", "limited")
    assert done.returncode == 0, done.stderr
    assert work.states() == {"limited-1": "running"}
    told = done.stderr.count("Warning: services.limited: Resource limits are not supported")
    assert told == (0 if rootless.groups() else 1)


def test_the_rest_must_be_as_the_file_says(scenario: ScenarioOf) -> None:
    work = scenario("rightless")
    done = work.run("up", "-d", "named")
    assert done.returncode == 0, done.stderr
    for attribute in ("domainname", "device_cgroup_rules"):
        assert done.stderr.count(f"Warning: services.named.{attribute}: ") == 1
    (named,) = work.ids("named")
    assert work.inside(named, "hostname").stdout == "box\n"
    work.ok("up", "-d", "named")
    assert work.ids("named") == [named]
