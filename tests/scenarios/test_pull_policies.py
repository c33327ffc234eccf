"""When an image is pulled, by the policy and by what the registry has; and when that fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registry import Registry
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario

pytestmark = pytest.mark.engine


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as running:
        yield running


@pytest.fixture
def work(scenario: ScenarioOf, registry: Registry) -> Iterator[Scenario]:
    found = scenario("pulls")
    found.env |= {
        "REGISTRY": f"127.0.0.1:{registry.port}/",
        "XDG_STATE_HOME": str(found.folder / "state"),
    }
    yield found
    found.testbed.podman("rmi", "-f", f"127.0.0.1:{registry.port}/app:1", check=False)


def create(work: Scenario, policy: str) -> str:
    """Create what is missing under ``policy``; the id of the container's image."""
    work.ok("create", env={"POLICY": policy})
    return str(work.container("app")["Image"])


def age(work: Scenario, seconds: float) -> None:
    """Let the last pull be that much longer ago."""
    (note,) = (Path(work.env["XDG_STATE_HOME"]) / "composer" / "pulled").iterdir()
    then = note.stat().st_mtime - seconds
    os.utime(note, (then, then))


def test_policies_must_pull_when_they_say(work: Scenario, registry: Registry) -> None:
    first = registry.publish("one")
    assert create(work, "missing") == first
    second = registry.publish("two")
    asked = registry.asked
    for policy in ("missing", "if_not_present", "never", "daily", "every_1h"):
        assert create(work, policy) == first
    assert registry.asked == asked, "none of them asks for what is there and was pulled just now"

    age(work, 2 * 3600)
    assert create(work, "daily") == first
    assert create(work, "every_1h") == second, "older than an hour"
    asked = registry.asked
    assert create(work, "every_1h") == second
    assert registry.asked == asked, "and pulled just now"

    third = registry.publish("three")
    assert create(work, "always") == third
    fourth = registry.publish("four")
    assert create(work, "newer") == fourth


def test_what_cannot_be_pulled_must_be_built_where_both_are_said(
    work: Scenario, registry: Registry
) -> None:
    image = registry.publish("one")
    work.ok("create", "either")
    assert work.container("either")["Image"] == image
    done = work.run("create", "either", env={"TAG": "unpublished"}, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "the registry has no such image" in done.stderr
    container = work.container("either")
    assert container["Image"] != image
    assert container["Config"]["Labels"]["com.example.made"] == "here"
    work.testbed.podman("rmi", "-f", container["Image"])


def test_a_name_without_a_registry_must_mean_what_the_machines_settings_say(
    work: Scenario, registry: Registry
) -> None:
    settings = work.folder / "registries.conf"
    settings.write_text(f'unqualified-search-registries = ["127.0.0.1:{registry.port}"]\n')
    work.env |= {"REGISTRY": "", "CONTAINERS_REGISTRIES_CONF": str(settings)}
    image = registry.publish("one")
    assert create(work, "missing") == image
    asked = registry.asked
    assert create(work, "missing") == image
    assert registry.asked == asked, "it is found again under its whole name"
    done = work.run("create", env={"TAG": "nosuch"})
    assert done.returncode == 1
    assert "cannot pull app:nosuch: the registry has no such image" in done.stderr


def test_a_registry_that_does_not_answer_must_be_told_where_it_matters(
    work: Scenario, registry: Registry
) -> None:
    image = registry.publish("one")
    done = work.run("create", env={"TAG": "nosuch"})
    assert done.returncode == 1
    assert f"cannot pull 127.0.0.1:{registry.port}/app:nosuch" in done.stderr
    assert "the registry has no such image" in done.stderr
    assert "check the image's name and tag" in done.stderr

    assert create(work, "missing") == image
    registry.close()
    age(work, 30 * 86_400)
    assert create(work, "newer") == image
    done = work.run("create", env={"POLICY": "weekly"})
    assert done.returncode == 0, done.stderr
    assert "the registry cannot be reached" in done.stderr
    assert "it goes on without" in done.stderr
    done = work.run("create", env={"POLICY": "always"})
    assert done.returncode == 1
    assert f"cannot pull 127.0.0.1:{registry.port}/app:1: the registry cannot be reached" in (
        done.stderr
    )
    done = work.run("create", env={"POLICY": "never", "TAG": "other"})
    assert done.returncode == 1
    assert "the pull policy is never" in done.stderr
    assert work.container("app")["Image"] == image
