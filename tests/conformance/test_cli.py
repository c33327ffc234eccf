"""composer has every command and flag of docker-compose's that can mean something on Podman."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance import cli, oracle

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"


def test_nothing_is_lacking() -> None:
    assert cli.lacking(cli.theirs(), cli.of_composer()) == []


def test_what_has_no_meaning_exists_there_and_not_here() -> None:
    theirs, ours = cli.theirs(), cli.of_composer()
    for name in cli.NO_MEANING:
        command, _, flag = name.partition(" ")
        assert command in theirs
        assert flag in theirs[command] if flag else command not in ours
        assert flag not in ours.get(command, {})


def test_the_page_tells_what_has_no_meaning() -> None:
    page = PAGE.read_text()
    for name, reason in cli.NO_MEANING.items():
        assert f"| `{name}` | {reason} |" in page


def test_what_is_recorded_is_what_the_program_has() -> None:
    program = oracle.find()
    if program is None:
        pytest.skip("docker-compose was not found; COMPOSER_ORACLE names it")
    assert json.loads(cli.RECORDED.read_text()) == cli.of_docker_compose(program)


def test_what_is_lacking_is_named() -> None:
    theirs = {"": {"--all": False}, "ps": {"--quiet": False, "-q": False, "--format": True}}
    ours = {"": {}, "ps": {"--quiet": False, "--format": False}}
    assert cli.lacking(theirs, ours) == ["--all", "ps -q", "ps --format (with a value)"]
    assert cli.lacking(theirs, {"": {"--all": False}}) == ["ps"]


def test_help_is_read_as_it_is_printed() -> None:
    text = (
        "Usage:  docker compose x [OPTIONS]\n\nOptions:\n"
        "  -f, --file stringArray   A file\n      --long-name              Something\n"
        "                               that --is-no-flag goes on\n  -t, --timeout int\n"
    )
    assert cli._flags(text) == {
        "-f": True,
        "--file": True,
        "--long-name": False,
        "-t": True,
        "--timeout": True,
    }
