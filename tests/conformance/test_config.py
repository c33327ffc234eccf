"""``config`` gives what docker-compose gives: the same model, or a refusal.

Compared with the program itself where it is found (see ``oracle``), else with recorded answers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from composer.errors import ComposerError
from composer.spec import Options, load, load_canonical, to_json, to_yaml
from tests.conformance.cases import Answer, Case, all_cases, neutral, recorded
from tests.conformance.oracle import ask, find

CASES = all_cases()
PROGRAM = find()
VALID = [case for case in CASES if not case.differs and (found := recorded(case)) and found.model]
UNREADABLE = {
    "hooks-null-command": "a hook whose command is null is printed without it",
    "interpolation-keys": "keys are not interpolated, but dollar signs in them are doubled",
}
"""Cases whose YAML, docker-compose's too, does not mean the same when it is loaded again."""
READABLE = [case for case in VALID if case.name not in UNREADABLE]


def options(case: Case) -> Options:
    return Options(
        files=case.files,
        profiles=case.profiles,
        project_name=case.project_name,
        env_files=case.env_files,
        services=case.services,
        environ=case.environ,
    )


def composer_answer(case: Case) -> Answer:
    try:
        mapping = load_canonical(options(case)).selected(case.services)
    except ComposerError as error:
        return Answer(None, neutral(str(error), case))
    return Answer(
        json.loads(neutral(to_json(mapping), case)), yaml=neutral(to_yaml(mapping), case).strip()
    )


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/user")


def inside(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_config_is_docker_composes(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    inside(case, monkeypatch)
    theirs = ask(PROGRAM, case) if PROGRAM else recorded(case)
    assert theirs is not None, "no recorded answer; run python -m tests.conformance.record"
    ours = composer_answer(case)
    if case.differs:
        assert ours.model != theirs.model, f"no longer differs: {case.differs}"
        return
    if theirs.model is None:
        assert ours.model is None, f"docker-compose refuses it: {theirs.error}"
        return
    assert ours.error == ""
    assert ours.model == theirs.model
    assert ours.yaml == theirs.yaml


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_yaml_reads_back_as_the_same_model(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside(case, monkeypatch)
    first = load_canonical(options(case))
    again = tmp_path / "compose.yaml"
    again.write_text(to_yaml(first.mapping))
    second = load_canonical(
        Options(
            files=(str(again),),
            environ={},
            profiles=("*",),
            project_name=first.name,
            consistency=False,  # what the file says of services that are not active dangles
        )
    )
    assert _without_order(second.mapping) == _without_order(first.mapping)


def _without_order(value: Any) -> Any:
    return json.loads(json.dumps(value, sort_keys=True))


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_yaml_is_plain_yaml(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    inside(case, monkeypatch)
    loaded = load_canonical(options(case))
    read = yaml.safe_load(to_yaml(loaded.mapping).replace("$$", "$"))
    assert read == loaded.mapping


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_the_typed_project_has_every_service(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    inside(case, monkeypatch)
    project = load(options(case))
    loaded = load_canonical(options(case))
    assert list(project.services) == list(loaded.mapping.get("services", {}))
    assert all(service.config_hash for service in project.services.values())
