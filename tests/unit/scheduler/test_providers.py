"""The words between composer and the program of a provided service."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest

from composer.errors import ComposerError
from composer.scheduler import providers as module
from composer.scheduler.providers import Providers
from tests.unit.projects import project, service


class Program:
    """A program ``cloud`` that prints ``says`` and writes its arguments down."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.says: list[str] = []
        self.metadata = ""
        self.code = 0
        self.news: list[str] = []
        monkeypatch.setattr(module, "PLUGINS", (str(folder / "plugins"),))
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def write(self, name: str = "cloud") -> None:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        lines = "".join(f"printf '%s\\n' {shlex.quote(line)}\n" for line in self.says)
        file.write_text(
            f"#!/bin/sh\nif [ $2 = metadata ]; then printf '%s' {shlex.quote(self.metadata)}; "
            f"exit; fi\nprintf '%s\\n' \"$@\" > {self.folder}/arguments\n"
            f"{lines}echo on the error stream >&2\nexit {self.code}\n"
        )
        file.chmod(0o755)

    def call(self, command: Any = "up", **options: Any) -> dict[str, str]:
        said = {"type": "cloud", "options": options}
        p = project(service("my-db", image=None, provider=said))
        called = Providers(msgspec.structs.replace(p, environment={"FROM_ENV_FILE": "1"}))
        return called.call("my-db", command, self.news.append)

    @property
    def arguments(self) -> list[str]:
        return (self.folder / "arguments").read_text().splitlines()


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(tmp_path, monkeypatch)


def test_variables_and_news(cloud: Program) -> None:
    cloud.says = [
        '{"type":"info","message":"first line\\nsecond"}',
        '{"type":"debug","message":"x"}',
        "",
        '{"type":"setenv","message":"URL=http://h?a=b"}',
        '{"type":"rawsetenv","message":"KEY=k"}',
    ]
    cloud.write()
    assert cloud.call(size=["1"], name=["a", "b"]) == {"MY-DB_URL": "http://h?a=b", "KEY": "k"}
    assert cloud.news == ["first line"]
    assert cloud.arguments == [
        "compose",
        "--project-name=p",
        "up",
        "--size=1",
        "--name=a",
        "--name=b",
        "my-db",
    ]


def test_a_plugin_comes_before_a_program_of_that_name(cloud: Program) -> None:
    cloud.says = ['{"type":"setenv","message":"A=plugin"}']
    cloud.write("plugins/docker-cloud")
    cloud.says = ['{"type":"setenv","message":"A=program"}']
    cloud.write()
    assert cloud.call() == {"MY-DB_A": "plugin"}
    (cloud.folder / "plugins" / "docker-cloud").unlink()
    assert cloud.call() == {"MY-DB_A": "program"}
    (cloud.folder / "cloud").rename(cloud.folder / "docker-cloud")
    assert cloud.call() == {"MY-DB_A": "program"}


def test_only_options_that_it_knows_are_passed(cloud: Program) -> None:
    cloud.metadata = '{"description":"d","up":{"parameters":[{"name":"size"}]},"down":{}}'
    cloud.write()
    cloud.call(size=["1"], zone=["z"])
    assert "--size=1" in cloud.arguments
    assert "--zone=z" not in cloud.arguments


def test_stop_is_for_those_that_have_it(cloud: Program) -> None:
    cloud.write()
    cloud.call("stop")
    assert not (cloud.folder / "arguments").exists()
    cloud.metadata = '{"description":"d","stop":{}}'
    cloud.write()
    cloud.call("stop")
    assert cloud.arguments[2] == "stop"


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ('{"type":"error","message":"no \\u001b[1mmoney"}', 0, r"no \x1b[1mmoney"),
        ("plain text", 0, "wrote something that is no message: plain text"),
        ('{"type":"dance","message":""}', 0, "unknown kind: dance"),
        ('{"type":"setenv","message":"NOVALUE"}', 0, "unknown kind: setenv"),
        ('{"type":"info","message":"x"}', 7, "ended with exit code 7"),
    ],
)
def test_what_it_cannot_be_understood_by_is_told(
    cloud: Program, line: str, code: int, told: str
) -> None:
    cloud.says, cloud.code = [line], code
    cloud.write()
    with pytest.raises(ComposerError) as caught:
        cloud.call()
    assert "the provider of service my-db: " in caught.value.message
    assert told in caught.value.message
    if code:
        assert "on the error stream" in (caught.value.hint or "")


def test_a_program_that_is_not_there(cloud: Program) -> None:
    with pytest.raises(ComposerError, match="there is no provider program cloud") as caught:
        cloud.call()
    assert "PATH" in (caught.value.hint or "")
