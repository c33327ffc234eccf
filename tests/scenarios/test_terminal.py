"""What containers call themselves and write must not steer the user's terminal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import unique_name
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario

pytestmark = pytest.mark.engine

EVIL = "\x1b]0;owned\x07\x1b[2J"


def test_names_labels_and_last_words_must_be_shown_escaped(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    done = plain.up_until_an_end(dying(), "dies")
    assert done.returncode == 1
    assert "owned" in done.stderr
    foreign(plain)
    shown = [done.stdout + done.stderr]
    looks = (["ps", "-a"], ["ps", "-a", "--format=json"], ["ls", "-a"], ["ps", "--services"])
    shown += [plain.run(*look).stdout for look in looks]
    shown.append(plain.run("--dry-run", "down", "--remove-orphans").stdout)
    removed = plain.run("down", "--remove-orphans", "-t0")
    shown.append(removed.stdout + removed.stderr)
    assert plain.containers() == []
    for text in shown:
        assert "\x1b" not in text
        assert "\x07" not in text
    assert sum("owned" in text for text in shown) >= 3


def test_lines_of_logs_must_pass_as_they_are(scenario: ScenarioOf) -> None:
    plain = scenario("plain")
    plain.up_until_an_end(dying(), "dies")
    assert EVIL in plain.ok("logs", "dies")


def dying() -> dict[str, Any]:
    """A service that writes control sequences and fails."""
    command = ["printf", "%b\\n", EVIL.replace("\x1b", "\\033").replace("\x07", "\\a")]
    script = " ".join(f"'{word}'" for word in command) + "; exit 3"
    return {"image": "busybox", "command": ["sh", "-c", script], "network_mode": "none"}


def foreign(scenario: Scenario) -> None:
    """A container of the project that another program has made, with a service of an odd name."""
    labels = {
        "com.docker.compose.project": scenario.name,
        "com.docker.compose.service": f"other{EVIL}",
        "com.docker.compose.project.config_files": f"/srv/{EVIL}",
        "com.docker.compose.container-number": "1",
    }
    flags = [f"--label={key}={value}" for key, value in labels.items()]
    name = f"--name={unique_name()}"
    scenario.testbed.podman("create", name, *flags, "busybox", "sleep", f"1{EVIL}")
