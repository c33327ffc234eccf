"""``config`` with each of its flags prints what docker-compose prints, and ends with its code.

Compared with the program itself where it is found (see ``oracle``), else with recorded answers.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from composer.cli.app import app
from tests.conformance.cases import Case, all_cases, exact
from tests.conformance.flags import FLAGS, Said, ask, asked, recorded, said
from tests.conformance.oracle import config, find
from tests.conformance.ours import called

PROGRAM = find()
CASES = {case.name: case for case in all_cases()}

DIFFERS = {
    ("container-name-duplicate", ""): "names of containers are checked with every flag",
    ("include", "variables"): "of several mentions the program tells about any",
    ("interpolation-empty-name", "variables"): "a variable needs a name",
    ("interpolation-forms", "variables"): "of several mentions the program tells about any",
    ("interpolation-nested-braces", "variables"): "braces within are counted",
    **dict.fromkeys(
        (
            ("build-args-values", "no-interpolate"),
            ("build-forms", "no-interpolate"),
            ("build-ssh", "no-interpolate"),
            ("merge-environment-forms", "no-interpolate"),
        ),
        "what has no value is kept, and ssh as it is said",
    ),
    **dict.fromkeys(
        (
            ("attributes-all", "no-interpolate"),
            ("build-attestations", "no-interpolate"),
            ("develop-watch-forms", "no-interpolate"),
            ("devices-too-many-colons", "no-interpolate"),
        ),
        "values stay as the file has them",
    ),
    **dict.fromkeys(
        (
            ("interpolation-typed", "no-interpolate"),
            ("interpolation-typed", "variables"),
            ("interpolation-types", "no-interpolate"),
            ("interpolation-types", "variables"),
            ("out-of-range", "no-interpolate"),
            ("out-of-range", "variables"),
            ("ulimits-forms", "no-interpolate"),
        ),
        "texts may stand for numbers",
    ),
    **dict.fromkeys(
        (
            ("secrets-driver-only", "no-interpolate"),
            ("secrets-mode-fraction", "no-interpolate"),
            ("storage-opt-boolean", ""),
            ("storage-opt-fraction", ""),
        ),
        "what is refused once interpolated is refused before",
    ),
}
"""Why the answer to a case differs, for all flags whose name begins so."""

CRASHED = 2
"""The code of the program when it fell over."""


def comparisons() -> list[tuple[str, Case]]:
    return [
        (name, case)
        for name in FLAGS
        for case in asked(name, list(CASES.values()))
        if not case.differs
        and not any(case.name == known and name.startswith(flag) for known, flag in DIFFERS)
        and (PROGRAM or case.name in recorded(name))
        and not (case.name in recorded(name) and recorded(name)[case.name].code == CRASHED)
    ]


def composer(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *flags: str
) -> tuple[int, str]:
    """The exit code of composer's own ``config``, and what it prints."""
    monkeypatch.setattr(os, "environ", {"PATH": "/usr/bin:/bin", **case.environ})
    options = [
        word
        for option, values in (
            ("--file", case.files),
            ("--profile", case.profiles),
            ("--env-file", case.env_files),
            ("--project-name", (case.project_name,) if case.project_name else ()),
        )
        for value in values
        for word in (option, value)
    ]
    with called(case):
        code = app([*options, "config", *flags], standalone_mode=False)
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "case"), comparisons(), ids=lambda part: part if isinstance(part, str) else part.name
)
def test_a_flag_gives_what_docker_compose_gives(
    name: str,
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    theirs = ask(PROGRAM, name, case) if PROGRAM else recorded(name)[case.name]
    ours = said(name, case, *composer(case, monkeypatch, capsys, *FLAGS[name]))
    assert exact(ours) == exact(theirs)


@pytest.mark.parametrize("name", FLAGS)
def test_a_good_part_of_the_cases_is_recorded(name: str) -> None:
    assert len(recorded(name)) > 35


PROJECT = """\
name: p
services:
  a: {image: busybox, volumes: ["data:/x", "./${D:-d}:/d"], depends_on: [b]}
  b: {build: ., profiles: [], models: [m], networks: [n]}
  c: {image: "c:${TAG:-1}", profiles: [dev]}
volumes: {data: {}, unused: {}}
networks: {n: {}}
models: {m: {model: ai/m}, other: {model: ai/o}}
"""
"""Every flag shows a part of it."""

COMBINED: dict[tuple[str, ...], Said] = {
    ("--services", "--volumes"): Said(0, ["a", "b"]),
    ("--volumes", "--networks", "--hash", "a"): Said(0, ["data"]),
    ("--volumes", "--no-interpolate"): Said(0, ["data"]),
    ("--networks",): Said(0, ["default", "n"]),
    ("--models", "--profiles"): Said(0, ["ai/m"]),
    ("--profiles", "--images"): Said(0, ["dev"]),
    ("--images", "--variables"): Said(0, ["busybox", "p-b"]),
    ("--images", "b"): Said(0, ["p-b"]),
    ("--images", "nope"): Said(1, None),
    ("--services", "nope"): Said(0, ["a", "b"]),
    ("--services", "-q"): Said(0, ["a", "b"]),
    ("--services", "--format", "weird"): Said(0, ["a", "b"]),
    ("--services", "-o", "file"): Said(0, ["a", "b"]),
    ("--environment", "-q"): Said(0, []),
    ("--format", "weird"): Said(1, None),
    ("-q", "--format", "weird"): Said(1, None),
    ("--variables", "--format", "weird"): Said(1, None),
    ("-q", "-o", "file"): Said(0, []),
    ("-o", "file"): Said(0, []),
    ("-o", "missing/file"): Said(1, None),
    ("--hash", "c"): Said(1, None),
    ("--hash", "nope"): Said(1, None),
    ("nope",): Said(1, None),
    ("--no-interpolate", "-q", "nope"): Said(0, []),
}
"""Flags together, and what docker-compose 2.40.3 makes of them."""


@pytest.fixture
def project(tmp_path: Path) -> Case:
    (tmp_path / "compose.yaml").write_text(PROJECT)
    return Case("p", tmp_path, (), (), None, (), (), {"HOME": "/home/user"}, None)


@pytest.mark.parametrize("flags", COMBINED, ids=" ".join)
def test_flags_together(
    flags: tuple[str, ...],
    project: Case,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if PROGRAM:
        result = config(PROGRAM, project, *flags)
        assert COMBINED[flags] == _lines(result.returncode, result.stdout)
    assert COMBINED[flags] == _lines(*composer(project, monkeypatch, capsys, *flags))


def _lines(code: int, output: str) -> Said:
    return Said(code, sorted(output.splitlines()) if code == 0 else None)


def test_hashes_are_printed_in_alphabetical_order(
    project: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, some = composer(project, monkeypatch, capsys, "--hash", "b,a")
    _, everything = composer(project, monkeypatch, capsys, "--hash", "*")
    assert some == everything
    assert [line.split()[0] for line in some.splitlines()] == ["a", "b"]


def test_the_table_of_variables(
    project: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "services: {a: {image: '${B:?say it}${A:+x}', hostname: '${C:-$D}'}}\n"
    (project.folder / "compose.yaml").write_text(text)
    code, output = composer(project, monkeypatch, capsys, "--variables")
    assert code == 0
    assert output.splitlines() == [
        "NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE",
        "A                   false                                   x",
        "B                   true",
        "C                   false               $D",
        "D                   false",
    ]
    _, output = composer(project, monkeypatch, capsys, "--variables", "--format", "yaml")
    assert output.splitlines()[:2] == ["A:", "  name: A"]


def test_no_env_resolution_prints_env_files_unread(
    project: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "services: {a: {image: x, env_file: missing.env}}\n"
    (project.folder / "compose.yaml").write_text(text)
    code, output = composer(project, monkeypatch, capsys, "--no-env-resolution")
    assert code == 0
    assert "missing.env" in output
    assert composer(project, monkeypatch, capsys)[0] == 1


def test_the_output_goes_to_a_file(
    project: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, printed = composer(project, monkeypatch, capsys)
    assert composer(project, monkeypatch, capsys, "-o", "file") == (0, "")
    assert (project.folder / "file").read_text() == printed
    assert composer(project, monkeypatch, capsys, "-q", "-o", "quiet") == (0, "")
    assert not (project.folder / "quiet").exists()
