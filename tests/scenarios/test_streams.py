"""What is data goes to standard output, and what is talk to standard error."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests import rootless
from tests.scenarios.conftest import ScenarioOf
from tests.scenarios.steps import Scenario, free_port

pytestmark = pytest.mark.engine

TALK = (
    "create --no-build web",
    "up -d --no-build web two",
    "stop -t 0 two",
    "start two",
    "restart -t 0 two",
    "pause two",
    "unpause two",
    "kill two",
    "scale two=1",
    "rm -f -s two",
    "pull --policy missing web",
    "push web",
    "build built",
    "commit web kept:streams",
    "export -o web.tar web",
    "--dry-run pause nothing",
    "down -t 0",
)
"""Commands that change something: a script that takes their output gets nothing."""
PAUSING = ("pause", "unpause", "commit")
"""Those of them that pause containers."""

DATA = (
    "ps",
    "ps -q",
    "ps --services",
    "ps --format json",
    "ps --format {{.Name}}",
    "ls",
    "images",
    "images -q",
    "volumes",
    "volumes -q",
    "port web 80",
    "logs web",
    "config",
    "config --images",
    "config --hash web",
    "convert --services",
    "export web",
    "graph",
    "version",
    "version --short",
    "--help",
    "up --help",
    "--dry-run down",
)
"""Commands that are asked something: only the answer comes out of them, if nothing is wrong."""


@pytest.fixture
def listed(scenario: ScenarioOf) -> Iterator[Scenario]:
    found = scenario("listed")
    found.env["PORT"] = str(free_port())
    yield found
    for name in ("kept:streams", "built:1", "built:2"):
        found.testbed.podman("rmi", "-f", f"localhost/{name}", check=False)


def called(work: Scenario, words: str) -> subprocess.CompletedProcess[bytes]:
    command = work.command(*words.split())
    return subprocess.run(command, cwd=work.folder, env=work.environ(), capture_output=True)


def test_data_and_talk_must_be_kept_apart(listed: Scenario) -> None:
    asked = False
    for words in TALK:
        if words.startswith(PAUSING) and not rootless.groups():
            continue
        done = called(listed, words)
        assert done.stdout == b"", words
        assert done.returncode == (1 if "nothing" in words else 0), (words, done.stderr)
        if asked or not words.startswith("up"):
            continue
        asked = True
        for question in DATA:
            answer = called(listed, question)
            assert (answer.returncode, answer.stderr) == (0, b""), question
            assert answer.stdout != b"", question


def test_warnings_must_not_get_into_data(listed: Scenario) -> None:
    with (listed.folder / "compose.yaml").open("a") as file:
        file.write("    labels: {unset: $NOBODY_SETS_THIS}\n")
    done = listed.run("config", "--format", "json")
    assert "NOBODY_SETS_THIS" in done.stderr
    assert json.loads(done.stdout)["name"] == listed.name
    assert listed.ok("config", "-q") == ""
    wrong = listed.run("ps", "nobody")
    assert (wrong.returncode, wrong.stdout) == (1, "")
