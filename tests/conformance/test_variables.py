"""Variables of the program are read where docker-compose reads them, with the same precedence.

Each row was answered by docker-compose 2.40.3, and is asked again where the program is found.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from composer.cli.app import app
from tests.conformance.oracle import find

PROGRAM = find()

IMAGE = "image: 'x:${A:-none}-${B:-none}'"
FILES = {
    "compose.yaml": (
        f"name: top\nservices: {{a: {{{IMAGE}}}, p: {{image: 'p:1', profiles: [p]}}, "
        "q: {image: 'q:1', profiles: [q]}}\n"
    ),
    "other/compose.yaml": f"name: other\nservices: {{o: {{{IMAGE}}}}}\n",
    "built/compose.yaml": "name: top\nservices: {c: {build: .}}\n",
    "sub/empty": "",
    "other/.env": "A=other\nB=other\n",
    "one.env": "A=one\n",
    "two.env": "A=two\nB=two\n",
}
TOP = "x:top-none"
BUILT = ("-f", "built/compose.yaml")


class Row(NamedTuple):
    """What is asked: ``config WORDS`` with ``options``, variables and ``.env`` in a folder."""

    images: str | None
    """What ``--images`` prints, sorted; None for a refusal."""
    env: dict[str, str] = {}
    dotenv: str = "A=top\n"
    options: tuple[str, ...] = ()
    folder: str = "."
    words: tuple[str, ...] = ("--images",)


ROWS = {
    "the .env here": Row(TOP),
    "the shell first": Row("x:shell-none", {"A": "shell"}),
    "the .env here and that of the project": Row("x:top-sub", {}, folder="sub"),
    "of the file that is named": Row("x:other-other", options=("-f", "other/compose.yaml")),
    "of the folder that is named": Row("x:other-other", options=("--project-directory", "other")),
    "COMPOSE_FILE": Row("x:top-other", {"COMPOSE_FILE": "other/compose.yaml"}),
    "COMPOSE_FILE in .env": Row("x:top-other", dotenv="A=top\nCOMPOSE_FILE=other/compose.yaml\n"),
    "-f before COMPOSE_FILE": Row(
        TOP, {"COMPOSE_FILE": "other/compose.yaml"}, options=("-f", "compose.yaml")
    ),
    "COMPOSE_FILE of the shell first": Row(
        TOP, {"COMPOSE_FILE": "compose.yaml"}, "A=top\nCOMPOSE_FILE=other/compose.yaml\n"
    ),
    "two files": Row("x:top-none x:top-none", {"COMPOSE_FILE": "compose.yaml:other/compose.yaml"}),
    "COMPOSE_PATH_SEPARATOR": Row(
        "x:top-none x:top-none",
        {"COMPOSE_FILE": "compose.yaml;other/compose.yaml", "COMPOSE_PATH_SEPARATOR": ";"},
    ),
    "COMPOSE_PATH_SEPARATOR in .env": Row(
        "x:none-none x:none-none",
        dotenv="COMPOSE_FILE=compose.yaml,other/compose.yaml\nCOMPOSE_PATH_SEPARATOR=,\n",
    ),
    "COMPOSE_FILE missing": Row(None, {"COMPOSE_FILE": "nowhere.yaml"}),
    "COMPOSE_PROFILES": Row(f"p:1 {TOP}", {"COMPOSE_PROFILES": "p"}),
    "COMPOSE_PROFILES with several": Row(f"p:1 q:1 {TOP}", {"COMPOSE_PROFILES": "p, q,"}),
    "COMPOSE_PROFILES with all": Row(f"p:1 q:1 {TOP}", {"COMPOSE_PROFILES": "*"}),
    "COMPOSE_PROFILES in .env": Row(f"p:1 {TOP}", dotenv="A=top\nCOMPOSE_PROFILES=p\n"),
    "--profile before COMPOSE_PROFILES": Row(
        f"q:1 {TOP}", {"COMPOSE_PROFILES": "p"}, options=("--profile", "q")
    ),
    "COMPOSE_ENV_FILES": Row("x:one-none", {"COMPOSE_ENV_FILES": "one.env"}),
    "COMPOSE_ENV_FILES with several": Row("x:two-two", {"COMPOSE_ENV_FILES": "one.env,two.env"}),
    "COMPOSE_ENV_FILES the other way": Row("x:one-two", {"COMPOSE_ENV_FILES": "two.env,one.env"}),
    "COMPOSE_ENV_FILES missing": Row(None, {"COMPOSE_ENV_FILES": "nowhere.env"}),
    "COMPOSE_ENV_FILES not in .env": Row(TOP, dotenv="A=top\nCOMPOSE_ENV_FILES=one.env\n"),
    "--env-file before COMPOSE_ENV_FILES": Row(
        "x:two-two", {"COMPOSE_ENV_FILES": "one.env"}, options=("--env-file", "two.env")
    ),
    "COMPOSE_DISABLE_ENV_FILE": Row("x:none-none", {"COMPOSE_DISABLE_ENV_FILE": "1"}),
    "COMPOSE_DISABLE_ENV_FILE=false": Row(TOP, {"COMPOSE_DISABLE_ENV_FILE": "false"}),
    "COMPOSE_DISABLE_ENV_FILE malformed": Row(None, {"COMPOSE_DISABLE_ENV_FILE": "yes"}),
    "COMPOSE_DISABLE_ENV_FILE in .env": Row(
        "p:1 x:none-none", dotenv="A=top\nCOMPOSE_DISABLE_ENV_FILE=1\nCOMPOSE_PROFILES=p\n"
    ),
    "COMPOSE_DISABLE_ENV_FILE and a named file": Row(
        "x:one-none", {"COMPOSE_DISABLE_ENV_FILE": "1"}, options=("--env-file", "one.env")
    ),
    "COMPOSE_CONVERT_WINDOWS_PATHS": Row(TOP, {"COMPOSE_CONVERT_WINDOWS_PATHS": "1"}),
    "no COMPOSE_COMPATIBILITY": Row("top-c", options=BUILT),
    "COMPOSE_COMPATIBILITY": Row("top_c", {"COMPOSE_COMPATIBILITY": "1"}, options=BUILT),
    "COMPOSE_COMPATIBILITY=false": Row("top-c", {"COMPOSE_COMPATIBILITY": "no"}, options=BUILT),
    "COMPOSE_COMPATIBILITY in .env": Row(
        "top_c",
        dotenv="COMPOSE_COMPATIBILITY=true\n",
        options=(*BUILT, "--project-directory", "."),
    ),
    "--compatibility": Row("top_c", options=(*BUILT, "--compatibility")),
    "COMPOSE_EXPERIMENTAL": Row(TOP, {"COMPOSE_EXPERIMENTAL": "weird"}),
    "COMPOSE_MENU": Row(TOP, {"COMPOSE_MENU": "weird"}),
    "COMPOSE_ANSI": Row(TOP, {"COMPOSE_ANSI": "weird"}),
    "COMPOSE_PROGRESS": Row(TOP, {"COMPOSE_PROGRESS": "plain"}),
    "COMPOSE_PROGRESS=none": Row(TOP, {"COMPOSE_PROGRESS": "none"}),
    "COMPOSE_PROGRESS malformed": Row(None, {"COMPOSE_PROGRESS": "weird"}),
    "COMPOSE_PROGRESS not in .env": Row(TOP, dotenv="A=top\nCOMPOSE_PROGRESS=weird\n"),
    "COMPOSE_PARALLEL_LIMIT": Row(TOP, {"COMPOSE_PARALLEL_LIMIT": "-1"}),
    "COMPOSE_PARALLEL_LIMIT malformed": Row(None, {"COMPOSE_PARALLEL_LIMIT": "many"}),
    "COMPOSE_PARALLEL_LIMIT empty": Row(None, {"COMPOSE_PARALLEL_LIMIT": ""}),
    "COMPOSE_PARALLEL_LIMIT in .env": Row(None, dotenv="COMPOSE_PARALLEL_LIMIT=many\n"),
    "--parallel before COMPOSE_PARALLEL_LIMIT": Row(
        TOP, {"COMPOSE_PARALLEL_LIMIT": "many"}, options=("--parallel", "2")
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "sub/.env").write_text("B=sub\n")
    return tmp_path


def environ(row: Row) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "HOME": "/home/user", **row.env}


@pytest.mark.parametrize("name", ROWS)
def test_a_variable_counts_where_it_counts_for_docker_compose(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ROWS[name]
    (folder / ".env").write_text(row.dotenv)
    arguments = [*row.options, "config", *row.words]
    if PROGRAM:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=folder / row.folder,
            env=environ(row),
            capture_output=True,
            text=True,
            check=False,
        )
        assert _images(done.returncode, done.stdout) == row.images, done.stderr
    monkeypatch.chdir(folder / row.folder)
    monkeypatch.setattr(os, "environ", environ(row))
    code = app(arguments, standalone_mode=False)
    assert _images(code, capsys.readouterr().out) == row.images


def _images(code: int, output: str) -> str | None:
    return " ".join(sorted(output.split())) if code == 0 else None


NAMES = {
    "the file": Row("top"),
    "COMPOSE_PROJECT_NAME": Row("shell", {"COMPOSE_PROJECT_NAME": "shell"}),
    "COMPOSE_PROJECT_NAME in .env": Row("dot", dotenv="COMPOSE_PROJECT_NAME=dot\n"),
    "the shell before .env": Row("s", {"COMPOSE_PROJECT_NAME": "s"}, "COMPOSE_PROJECT_NAME=d\n"),
    "-p before the shell": Row("p", {"COMPOSE_PROJECT_NAME": "s"}, options=("-p", "p")),
    "an empty one": Row("top", {"COMPOSE_PROJECT_NAME": ""}),
    "a malformed one": Row(None, {"COMPOSE_PROJECT_NAME": "Bad Name"}),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_the_project(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = NAMES[name]
    (folder / ".env").write_text(row.dotenv)
    arguments = [*row.options, "config", "--environment"]
    if PROGRAM:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=folder,
            env=environ(row),
            capture_output=True,
            text=True,
            check=False,
        )
        assert _name(done.returncode, done.stdout) == row.images, done.stderr
    monkeypatch.chdir(folder)
    monkeypatch.setattr(os, "environ", environ(row))
    code = app(arguments, standalone_mode=False)
    assert _name(code, capsys.readouterr().out) == row.images


def _name(code: int, output: str) -> str | None:
    found = dict(line.split("=", 1) for line in output.splitlines())
    return found.get("COMPOSE_PROJECT_NAME") if code == 0 else None
