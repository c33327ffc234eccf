"""The program as a process: usage errors, help, and what it imports."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from composer.cli.app import load
from composer.cli.commands import COMMANDS


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("COMPOSE_", "CONTAINER_"))}
    command = [sys.executable, "-m", "composer", *arguments]
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: composer {name}")


def test_to_explain_a_command_needs_only_its_flags() -> None:
    script = (
        "import sys\n"
        "from composer.cli.app import load\n"
        "from composer.cli.commands import COMMANDS\n"
        "for name, command in COMMANDS.items(): load(name, command)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "composer.cli.up" in loaded
    heavy = {"yaml", "networkx", "podman", "rich", "watchfiles", "composer.spec.pipeline"}
    work = {f"composer.usecases.{name}" for name in ("config", "plan", "run", "up", "watch")}
    assert not loaded & (heavy | work)


def examples() -> list[tuple[str, ...]]:
    """The words of each example of each command, without what a shell makes of them."""
    found: list[tuple[str, ...]] = []
    for name, command in COMMANDS.items():
        loaded = load(name, command)
        table = getattr(loaded, "table", {})
        for single in [load(key, below) for key, below in table.items()] or [loaded]:
            assert single.epilog, f"{name} {single.name} has no example"
            lines = single.epilog.splitlines()[2:]
            found += [tuple(shlex.split(re.split(" [>|] ", line)[0])) for line in lines]
    return found


@pytest.mark.parametrize("words", examples(), ids=" ".join)
def test_each_example_is_one(words: tuple[str, ...]) -> None:
    program, name, *rest = words
    assert program == "composer"
    command = load(name, COMMANDS[name])
    if table := getattr(command, "table", {}):
        name, *rest = rest
        command = load(name, table[name])
    with command.make_context(name, list(rest), obj={}) as context:
        assert context.params is not None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["up", "--nonsense"], "--nonsense"),
        (["scael"], "Did you mean 'scale'?"),
        (["--progress", "loud", "ps"], "auto, tty, plain, json, quiet"),
        (["up", "--build", "--no-build"], "incompatible"),
        (["up", "-d", "--abort-on-container-exit"], "incompatible"),
        (["logs", "--tail", "some"], "neither a number nor all"),
        (["pod", "logs", "--tail", "some"], "neither a number nor all"),
    ],
)
def test_usage_errors_end_with_1_as_in_docker_compose(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_command_there_is_help() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run("--help").stdout


def test_convert_is_config(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("name: p\nservices: {a: {image: b}}\n")
    done = run("convert", "--quiet=false", "--services", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "a\n")


@pytest.mark.parametrize("option", ["--version", "-v"])
def test_the_version_needs_no_command(option: str) -> None:
    done = run(option)
    assert (done.returncode, done.stdout) == (0, run("version").stdout)


def test_the_version_has_docker_composes_forms() -> None:
    short = run("version", "--short").stdout.strip()
    assert run("version", "-f", "json").stdout == f'{{"version": "v{short}"}}\n'
    assert run("version", "--format", "{{.Version}}").stdout == f"v{short}\n"


def test_no_file_is_an_error_that_says_what_was_looked_for(tmp_path: Path) -> None:
    done = run("config", cwd=tmp_path)
    assert done.returncode == 1
    assert "compose.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The top-level packages that a run imports."""
    command = [sys.executable, "-X", "importtime", "-m", "composer", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in lines}


def test_config_imports_neither_engine_nor_graph(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: busybox}}\n")
    found = imported("config", cwd=tmp_path)
    assert "yaml" in found
    assert not found & {"podman", "requests", "urllib3", "networkx", "rich", "msgspec", "pydantic"}


def test_ps_imports_neither_podman_nor_networkx_nor_yaml(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("name: shop\nservices: {a: {image: busybox}}\n")
    found = imported("ps", cwd=tmp_path)
    assert not found & {"podman", "requests", "urllib3", "networkx", "rich", "pydantic", "yaml"}


@pytest.mark.parametrize("words", [("up", "--help"), ("ps", "-h"), ("__complete", "up", "--")])
def test_what_tells_flags_reads_no_files(words: tuple[str, ...], tmp_path: Path) -> None:
    assert "yaml" not in imported(*words, cwd=tmp_path)
