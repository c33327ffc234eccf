"""Images that are pinned to digests are the local ones, if these are meant."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import ScenarioOf

pytestmark = pytest.mark.engine


def test_a_lock_file_must_pin_what_runs_and_change_nothing_else(scenario: ScenarioOf) -> None:
    profiles = scenario("profiles")
    profiles.ok("config", "--lock-image-digests", "-o", "lock.yaml")
    locked = ("-f", "compose.yaml", "-f", "lock.yaml")
    profiles.ok(*locked, "up", "-d")
    ids = profiles.ids()
    (image,) = {one["ImageName"] for one in profiles.containers()}
    known = profiles.testbed.podman("image", "inspect", image, "--format", "{{.RepoDigests}}")
    assert image in known.stdout
    profiles.ok(*locked, "up", "-d")
    assert profiles.ids() == ids
