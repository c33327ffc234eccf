"""Use cases on a recording fake of the engine: what is called, and what is said."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from composer.errors import ComposerError, FileError, NoComposeFile
from composer.plan.intent import Down, Images, Lifecycle, Up
from composer.state import State
from composer.usecases.context import Context, Settings
from composer.usecases.down import down
from composer.usecases.execute import ExecOptions, execute
from composer.usecases.lifecycle import lifecycle
from composer.usecases.lock import project_lock
from composer.usecases.up import Attach, parse_scale, up
from composer.usecases.wait import wait
from tests.fake_engine import FakeEngine

TWO = """\
name: p
services:
  web: {image: busybox, depends_on: [db]}
  db: {image: busybox}
"""


class Case:
    """A folder with a Compose file, a fake engine, and contexts on both."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.engine = FakeEngine(images=["busybox"])
        self.environ = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(folder)}
        monkeypatch.chdir(folder)
        self.write(TWO)

    def write(self, text: str) -> None:
        (self.folder / "compose.yaml").write_text(text)

    def context(self, **settings: object) -> Context:
        found = Context(Settings(progress="quiet")._replace(**settings), self.environ)  # type: ignore[arg-type]
        found.__dict__["engine"] = self.engine
        return found


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(tmp_path, monkeypatch)


def test_up_twice_makes_no_changing_call_the_second_time(case: Case) -> None:
    up(case.context(), Images(), Up())
    assert case.engine.subjects("start") == ["p-db-1", "p-web-1"]
    before = list(case.engine.attempts)
    assert up(case.context(), Images(), Up()) == 0
    assert case.engine.attempts == before


def test_a_dry_run_prints_steps_with_causes_and_changes_nothing(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    up(case.context(dry_run=True), Images(), Up())
    assert case.engine.attempts == []
    lines = capsys.readouterr().out.splitlines()
    assert any("Creating" in line and "p-web-1: it does not exist yet" in line for line in lines)
    assert any(
        "Starting" in line and "p-web-1: it was just created (after" in line for line in lines
    )


def test_a_dry_run_of_exec_runs_nothing(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    up(case.context(), Images(), Up())
    before = list(case.engine.attempts)
    assert execute(case.context(dry_run=True), "web", ["rm", "a b"], ExecOptions()) == 0
    assert case.engine.attempts == before
    assert "p-web-1: rm 'a b'" in capsys.readouterr().out
    assert execute(case.context(), "web", ["true"], ExecOptions()) == 0
    assert [method for method, _ in case.engine.attempts[len(before) :]] == ["exec_command"]


def test_missing_images_are_pulled_before_anything_is_made(case: Case) -> None:
    case.write("name: p\nservices: {a: {image: other}, b: {image: other}}\n")
    up(case.context(), Images(), Up())
    assert [method for method, _ in case.engine.calls].index("pull") == 0
    assert len(case.engine.subjects("pull")) == 1


def test_a_scale_that_cannot_run_is_refused_before_anything_starts(case: Case) -> None:
    case.write("name: p\nservices:\n  a:\n    image: busybox\n    ports: ['8080:80']\n")
    with pytest.raises(FileError) as caught:
        up(case.context(), Images(), Up(scale={"a": 2}))
    assert "compose.yaml:5:" in str(caught.value)
    assert case.engine.attempts == []


@pytest.mark.parametrize(
    "command", [partial(up, images=Images(), intent=Up()), partial(down, intent=Down())]
)
def test_an_error_that_nobody_expects_ends_the_command_as_it_is(
    case: Case, monkeypatch: pytest.MonkeyPatch, command: Callable[[Context], int]
) -> None:
    def look(project: str) -> State:
        raise ZeroDivisionError("while it looked")

    monkeypatch.setattr(case.engine, "observe", look)
    with pytest.raises(ZeroDivisionError, match="while it looked"):
        command(case.context())


@pytest.mark.parametrize("attached", [True, False], ids=["shown", "not shown"])
def test_up_ends_when_its_containers_cannot_be_followed(
    case: Case, monkeypatch: pytest.MonkeyPatch, attached: bool
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError("while it followed")

    monkeypatch.setattr(case.engine, "logs" if attached else "wait_exit", fail)
    attach = Attach(excluded=() if attached else ("web", "db"))
    with pytest.raises(ZeroDivisionError, match="while it followed"):
        up(case.context(), Images(), Up(), attach)


def test_wait_ends_when_its_containers_cannot_be_waited_for(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError("while it waited")

    up(case.context(), Images(), Up())
    monkeypatch.setattr(case.engine, "wait_exit", fail)
    with pytest.raises(ZeroDivisionError, match="while it waited"):
        wait(case.context(), ("web",), down_project=False)


def test_down_works_without_a_file_if_the_project_is_named(case: Case) -> None:
    up(case.context(), Images(), Up())
    (case.folder / "compose.yaml").unlink()
    with pytest.raises(NoComposeFile):
        down(case.context(), Down())
    down(case.context(project_name="p"), Down())
    assert case.engine.containers_by_id == {}
    assert case.engine.networks == {}


def test_removing_asks_first(case: Case) -> None:
    up(case.context(), Images(), Up(start=False))
    with pytest.raises(ComposerError, match="composer rm --force"):
        lifecycle(case.context(), Lifecycle(action="rm"), confirm=True)
    assert len(case.engine.containers_by_id) == 2
    lifecycle(case.context(), Lifecycle(action="rm"))
    assert case.engine.containers_by_id == {}


@pytest.mark.parametrize("text", ["app", "app=", "=3", "app=-1", "app=three"])
def test_a_scale_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ComposerError, match="SERVICE=NUMBER"):
        parse_scale([text])


def test_scale_of_an_unknown_service_is_refused(case: Case) -> None:
    with pytest.raises(ComposerError, match="no such service: app"):
        up(case.context(), Images(), Up(scale={"app": 2}))


def _hold(folder: str, held: object, release: object) -> None:
    with project_lock("p", {"XDG_RUNTIME_DIR": folder}, lambda: None):
        held.set()  # type: ignore[attr-defined]
        release.wait(20)  # type: ignore[attr-defined]


def test_a_second_command_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    held, release = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(str(tmp_path), held, release))
    other.start()
    assert held.wait(20)
    waiting, done = threading.Event(), threading.Event()

    def second() -> None:
        with project_lock("p", {"XDG_RUNTIME_DIR": str(tmp_path)}, waiting.set):
            done.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert waiting.wait(20)
    assert not done.is_set()
    release.set()
    assert done.wait(20)
    thread.join()
    other.join()


def test_the_lock_of_a_killed_process_is_gone(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    held = spawn.Event()
    never = spawn.Event()
    other = spawn.Process(target=_hold, args=(str(tmp_path), held, never))
    other.start()
    assert held.wait(20)
    other.kill()
    other.join()
    waited: list[bool] = []
    with project_lock("p", {"XDG_RUNTIME_DIR": str(tmp_path)}, lambda: waited.append(True)):
        assert waited == []
