"""The table of podman-compose's flags has all that podman-compose itself tells of."""

from __future__ import annotations

import re
import subprocess

import pytest

from composer.cli.podman_compose import COMMANDS, GLOBAL
from tests.scenarios import others


def told(*words: str) -> set[str]:
    """The flags that ``--help`` of the real program names, all spellings of each."""
    command = [others.podman_compose(), *words, "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    lines = re.findall(r"^  (-\S.*?)(?:  |$)", text, re.MULTILINE)
    return {flag for line in lines for flag in re.findall(r"(?:^|, )(--?[a-zA-Z][a-z-]*)", line)}


@pytest.mark.parametrize("command", ["", *(name for name in COMMANDS if name != "help")])
def test_no_flag_is_missing(command: str) -> None:
    flags = COMMANDS[command].flags if command else GLOBAL
    known = {name for flag in flags for name in flag.names.split()}
    own = told(command) if command else told()
    assert {"-h", "--help"} <= own
    assert own - {"-h", "--help"} - known == set()
