"""Completion: what can stand where, and the shells' scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from composer.cli import complete as completing
from composer.cli.app import app
from composer.cli.commands import COMMANDS
from composer.cli.complete import complete

PROJECT = """
services:
  web: {image: x}
  worker: {image: x, profiles: [extra, night]}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "compose.yaml").write_text(PROJECT)
    (tmp_path / "other.yaml").write_text("services: {third: {image: x}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(*line: str) -> list[str]:
    """The candidates, without what they are."""
    return [candidate.partition("\t")[0] for candidate in complete(line)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (["u"], ["unpause", "up"]),
        (["up", ""], ["web", "worker"]),
        (["up", "web", "w"], ["worker"]),
        (["-f", "other.yaml", "up", ""], ["third"]),
        (["--file=other.yaml", "up", ""], ["third"]),
        (["-f", "missing.yaml", "up", ""], []),
        (["--profile", ""], ["extra", "night"]),
        (["--profile", "night", "up", "wo"], ["worker"]),
        (["--progress", "q"], ["quiet"]),
        (["--progress=j"], ["--progress=json"]),
        (["-f", ""], [":files"]),
        (["up", "--scal"], ["--scale"]),
        (["up", "--scale", "we"], ["web=", ":nospace"]),
        (["up", "--scale", "=", "we"], ["web=", ":nospace"]),
        (["up", "--scale", "="], ["web=", "worker=", ":nospace"]),
        (["up", "-t", ""], []),
        (["up", "-dt", ""], []),
        (["up", "-d", ""], ["web", "worker"]),
        (["--progress", "=", "j"], ["json"]),
        (["scale", "we"], ["web=", ":nospace"]),
        (["exec", ""], ["web", "worker"]),
        (["exec", "-u", "root", "we"], ["web"]),
        (["exec", "web", "sh"], [":files"]),
        (["config", "--format", ""], ["yaml", "json", "table"]),
        (["ps", "--format", ""], ["table", "json"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["kube", "pl"], ["play"]),
        (["kube", "play", "-d", ""], [":files"]),
        (["kube", "play", "--engine", ""], ["composer", "podman"]),
        (["kube", "logs", "--cluster", "w"], ["web", "worker"]),
        (["kube", "scale", "we"], ["web=", ":nospace"]),
        (["kube", "apply", ""], []),
        (["ls", ""], []),
        (["systemd", "st"], ["start", "status", "stop"]),
        (["systemd", "start", "w"], ["web", "worker"]),
        (["systemd", "logs", "-f", "web", ""], ["worker"]),
        (["systemd", "install", ""], []),
        (["systemd", "install", "--format", ""], ["quadlet", "units"]),
        (["systemd", "status", "--format", ""], ["table", "json"]),
        (["systemd", "generate", "-o", ""], [":files"]),
        (["autostart", ""], ["enable", "disable", "status"]),
        (["autostart", "enable", ""], []),
        (["nonsense", "--"], []),
        ([], sorted(COMMANDS)),
    ],
)
def test_what_can_stand_there(line: list[str], found: list[str]) -> None:
    assert words(*line) == found


def test_pods_stand_where_pods_can(project: Path) -> None:
    (project / "compose.yaml").write_text(PROJECT + "  side: {image: x, x-podman: {pod: front}}\n")
    assert words("pod", "st") == ["start", "stats", "stop"]
    assert words("pod", "stop", "") == ["front"]
    assert words("pod", "stop", "front", "") == []
    assert words("events", "--pod", "f") == ["front"]
    assert words("health", "") == ["side", "web", "worker", "front"]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_tells_its_options(command: str) -> None:
    table = completing._subcommands(command)
    for line in [[command, name] for name in table] or [[command]]:
        assert "--help" in words(*line, "--")


def test_options_before_the_command_are_those_of_the_program() -> None:
    told = set(words("--"))
    assert {"--file", "--version", "--help"} <= told
    parameters = typer.main.get_command(app).params
    taking = {name for p in parameters if not getattr(p, "is_flag", True) for name in p.opts}
    assert taking == set(completing.GLOBAL_VALUES)


def test_tables_name_commands_that_exist() -> None:
    named = {*completing.FORMATS, *completing.FIRST_ONLY, *completing.NO_SERVICES}
    named |= set(completing.WORDS)
    assert {name.partition(" ")[0] for name in named} <= set(COMMANDS)
    for command, _, below in (name.partition(" ") for name in named):
        assert not below or below in completing._subcommands(command)
    assert set(completing.OF_UNITS) <= set(completing._subcommands("systemd"))


def test_services_are_found_without_typer_and_the_engine() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "composer", "__complete", "up", ""]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("web\tservice\n")
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    found = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in lines}
    assert "yaml" in found
    assert not found & {"typer", "rich", "networkx", "podman"}


def script(shell: str, folder: Path) -> Path:
    """The script for ``shell``, with the program at hand."""
    program = folder / "bin" / "composer"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m composer "$@"\n')
    program.chmod(0o755)
    done = subprocess.run([program, "completion", shell], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (folder / "script").write_text(done.stdout)
    return folder / "script"


def run(folder: Path, *command: str) -> list[str]:
    environ = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bash_completes(project: Path) -> None:
    loaded = script("bash", project)

    def tab(*line: str) -> list[str]:
        quoted = " ".join(f"'{word}'" for word in line)
        code = f"COMP_WORDS=({quoted}); COMP_CWORD={len(line) - 1}; _composer"
        return run(project, "bash", "-c", f'. {loaded}; {code}; printf "%s\\n" "${{COMPREPLY[@]}}"')

    assert tab("composer", "up", "") == ["web", "worker"]
    assert tab("composer", "up", "--scale", "=", "wo") == ["worker="]
    assert tab("composer", "--profile", "") == ["extra", "night"]
    assert "--detach" in tab("composer", "up", "--")


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_completes(project: Path) -> None:
    loaded = script("fish", project)
    found = run(project, "fish", "-c", f"source {loaded}; complete -C 'composer up w'")
    assert found == ["web", "service", "worker", "service"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_completes(project: Path) -> None:
    loaded = script("zsh", project)
    # What the completion system would be given is printed in its place.
    code = (
        "compdef() { :; }; _describe() { print -l -- ${(P)2}; }; _files() { print files; };"
        f"source {loaded}; words=(composer up w); CURRENT=3; _composer;"
        "words=(composer -f ''); CURRENT=3; _composer"
    )
    assert run(project, "zsh", "-fc", code) == ["web:service", "worker:service", "files"]
