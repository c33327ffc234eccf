"""What options and the program's variables make of a command, on a recording fake engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composer.cli.app import app
from composer.errors import ComposerError
from composer.state import NUMBER, SERVICE, Container
from composer.state import PROJECT as PROJECT_LABEL
from composer.usecases.context import Context, Settings
from composer.usecases.preferences import Preferences, preferences
from tests.fake_engine import FakeEngine

PROJECT = "name: p\nservices: {web: {image: busybox}}\n"
ORPHAN = "Found orphan containers (p-gone-1)"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compose.yaml").write_text(PROJECT)
    monkeypatch.setattr(
        os, "environ", {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(tmp_path)}
    )
    made = FakeEngine(images=["busybox"])
    labels = {PROJECT_LABEL: "p", SERVICE: "gone", NUMBER: "1"}
    made.add_container(Container(id="1", name="p-gone-1", status="running", labels=labels))
    monkeypatch.setattr("composer.engine.connect.connect", lambda _: made)
    return made


def run(*words: str) -> int:
    code = app(list(words), standalone_mode=False)
    assert isinstance(code, int)
    return code


def test_orphans_stay_and_are_named(engine: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", "-d") == 0
    assert ORPHAN in capsys.readouterr().err
    assert engine.subjects("remove") == []


@pytest.mark.parametrize("where", ["shell", ".env"])
@pytest.mark.parametrize("command", [("up", "-d"), ("down",), ("kill",)])
def test_orphans_are_removed_if_a_variable_says_so(
    engine: FakeEngine, tmp_path: Path, command: tuple[str, ...], where: str
) -> None:
    if where == "shell":
        os.environ["COMPOSE_REMOVE_ORPHANS"] = "true"
    else:
        (tmp_path / ".env").write_text("COMPOSE_REMOVE_ORPHANS=1\n")
    assert run(*command) == 0
    changed = engine.subjects("remove") + engine.subjects("kill")
    assert any(one in ("1", "p-gone-1") for one in changed)


def test_orphans_are_left_by_scale(engine: FakeEngine) -> None:
    os.environ["COMPOSE_REMOVE_ORPHANS"] = "true"
    assert run("scale", "web=1") == 0
    assert engine.subjects("remove") == []


@pytest.mark.parametrize("where", ["shell", ".env"])
def test_nothing_is_said_of_orphans_that_are_ignored(
    engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    if where == "shell":
        os.environ["COMPOSE_IGNORE_ORPHANS"] = "1"
    else:
        (tmp_path / ".env").write_text("COMPOSE_IGNORE_ORPHANS=True\n")
    assert run("up", "-d") == 0
    assert ORPHAN not in capsys.readouterr().err
    assert engine.subjects("remove") == []


@pytest.mark.parametrize("flag", [("--remove-orphans",), ()])
def test_orphans_cannot_be_ignored_and_removed(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str], flag: tuple[str, ...]
) -> None:
    os.environ["COMPOSE_IGNORE_ORPHANS"] = "1"
    if not flag:
        os.environ["COMPOSE_REMOVE_ORPHANS"] = "1"
    assert run("up", "-d", *flag) == 1
    assert "COMPOSE_IGNORE_ORPHANS" in capsys.readouterr().err
    assert engine.attempts == []


def test_progress_goes_to_standard_output_if_a_variable_says_so(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    run("up", "-d")
    printed = capsys.readouterr()
    assert ("p-web-1" in printed.out, "p-web-1" in printed.err) == (False, True)
    os.environ["COMPOSE_STATUS_STDOUT"] = "1"
    run("down")
    printed = capsys.readouterr()
    assert ("p-web-1" in printed.out, "p-web-1" in printed.err) == (True, False)


def test_an_option_stands_above_the_variable(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    os.environ["COMPOSE_PROGRESS"] = "quiet"
    run("up", "-d")
    assert "p-web-1" not in capsys.readouterr().err
    run("--progress", "plain", "down")
    assert "p-web-1" in capsys.readouterr().err


def test_up_takes_menu_and_its_variable(engine: FakeEngine) -> None:
    os.environ["COMPOSE_MENU"] = "1"
    assert run("up", "-d", "--menu") == 0


def test_a_name_in_env_files_is_enough_without_a_compose_file(
    engine: FakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").unlink()
    (tmp_path / ".env").write_text("COMPOSE_PROJECT_NAME=p\n")
    assert run("down") == 0
    assert engine.subjects("remove") != []


DEFAULT = Preferences("auto", "auto", None, status_to_output=False, remove_orphans=False)


@pytest.mark.parametrize(
    ("environ", "dotenv", "expected"),
    [
        ({}, {}, DEFAULT),
        ({"COMPOSE_ANSI": "always"}, {}, DEFAULT._replace(ansi="always")),
        ({}, {"COMPOSE_ANSI": "never"}, DEFAULT._replace(ansi="never")),
        ({"COMPOSE_ANSI": "weird"}, {}, DEFAULT._replace(ansi="never")),
        ({"COMPOSE_PROGRESS": "json"}, {}, DEFAULT._replace(progress="json")),
        ({"COMPOSE_PROGRESS": "none"}, {}, DEFAULT._replace(progress="quiet")),
        ({}, {"COMPOSE_PROGRESS": "json"}, DEFAULT),
        ({"COMPOSE_PARALLEL_LIMIT": "3"}, {}, DEFAULT._replace(parallel=3)),
        ({}, {"COMPOSE_PARALLEL_LIMIT": "3"}, DEFAULT._replace(parallel=3)),
        ({"COMPOSE_PARALLEL_LIMIT": "-1"}, {}, DEFAULT),
        ({"COMPOSE_STATUS_STDOUT": "true"}, {}, DEFAULT._replace(status_to_output=True)),
        ({}, {"COMPOSE_STATUS_STDOUT": "true"}, DEFAULT),
        ({"COMPOSE_REMOVE_ORPHANS": "0"}, {"COMPOSE_REMOVE_ORPHANS": "1"}, DEFAULT),
    ],
)
def test_what_a_variable_means(
    environ: dict[str, str], dotenv: dict[str, str], expected: Preferences
) -> None:
    assert preferences(environ, {**dotenv, **environ}) == expected


def test_options_stand_above_variables_even_malformed_ones() -> None:
    environ = {"COMPOSE_PROGRESS": "weird", "COMPOSE_PARALLEL_LIMIT": "x", "COMPOSE_ANSI": "never"}
    found = preferences(environ, environ, ansi="always", progress="tty", parallel=2)
    assert found[:3] == ("always", "tty", 2)


@pytest.mark.parametrize("name", ["COMPOSE_PROGRESS", "COMPOSE_PARALLEL_LIMIT"])
def test_a_value_that_means_nothing_is_refused(name: str, tmp_path: Path) -> None:
    settings = Settings(project_directory=str(tmp_path))
    with pytest.raises(ComposerError, match=name):
        _ = Context(settings, {name: "weird"}).preferences
