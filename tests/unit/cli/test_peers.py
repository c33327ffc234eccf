"""What the options of podman-compose before the command do, whatever the program is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composer.cli import peers
from composer.cli.podman_options import VALUES
from composer.engine.program import executable, extra_arguments
from composer.engine.variables import ARGUMENTS, BUILD_ARGUMENTS, PROGRAM
from composer.errors import EngineError

TAKE = {option.name: option.take for option in peers.GLOBAL_OPTIONS}


@pytest.mark.parametrize(
    ("path", "program", "dialect", "speaks"),
    [
        ("/usr/bin/composer", "composer", "docker", ""),
        ("/opt/own/docker-compose", "docker-compose", "docker", "2.40.3"),
        ("podman-compose", "podman-compose", "podman", "1.6.0"),
        ("/site-packages/composer/__main__.py", "composer", "docker", ""),
    ],
)
def test_the_name_says_what_it_is(path: str, program: str, dialect: str, speaks: str) -> None:
    who = peers.peer(path)
    assert (who.program, who.dialect, who.speaks) == (program, dialect, speaks)


def test_the_pod_of_the_project_is_a_setting() -> None:
    known: dict[str, object] = {}
    TAKE["--in-pod"](known, "own")
    TAKE["--pod-args"](known, "--infra=true")
    assert known == {"in_pod": "own", "pod_args": "--infra=true"}


def test_flags_for_podman_reach_every_call_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in (ARGUMENTS, BUILD_ARGUMENTS, PROGRAM):
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    TAKE["--podman-args"]({}, ("--log-level=debug", "--root '/a b'"))
    TAKE["--podman-build-args"]({}, ("--squash",))
    assert extra_arguments(os.environ) == ("--log-level=debug", "--root", "/a b")
    assert extra_arguments(os.environ, BUILD_ARGUMENTS) == ("--squash",)
    own = tmp_path / "podman"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    TAKE["--podman-path"]({}, str(own))
    assert executable() == str(own)
    monkeypatch.setenv(PROGRAM, str(tmp_path / "nowhere"))
    with pytest.raises(EngineError, match="there is no program"):
        executable()


def test_tables_of_options_agree() -> None:
    taking = {option.name for option in peers.GLOBAL_OPTIONS if not option.switch}
    assert taking == set(VALUES)
