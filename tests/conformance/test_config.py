"""``config`` gives what docker-compose gives: the same model, or a refusal.

Compared with the program itself where it is found (see ``oracle``), else with recorded answers.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from composer.spec import Options, load, load_canonical, to_yaml
from tests.conformance.cases import Case, all_cases, exact, recorded
from tests.conformance.oracle import ask, find
from tests.conformance.ours import answer, called, options, says

CASES = all_cases()
PROGRAM = find()
VALID = [case for case in CASES if not case.differs and (found := recorded(case)) and found.model]
UNREADABLE = {
    "hooks-null-command": "a hook whose command is null is printed without it",
    "interpolation-keys": "keys are not interpolated, but dollar signs in them are doubled",
}
"""Cases whose YAML, docker-compose's too, does not mean the same when it is loaded again."""
READABLE = [case for case in VALID if case.name not in UNREADABLE]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/user")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_config_is_docker_composes(case: Case) -> None:
    theirs = ask(PROGRAM, case) if PROGRAM else recorded(case)
    assert theirs is not None, "no recorded answer; run python -m tests.conformance.record"
    ours = answer(case)
    if case.differs:
        same = exact(ours.model) == exact(theirs.model) and ours.yaml == theirs.yaml
        assert not same, f"no longer differs: {case.differs}"
        return
    if theirs.model is None:
        assert ours.model is None, f"docker-compose refuses it: {theirs.error}"
        return
    assert ours.error == ""
    assert exact(ours.model) == exact(theirs.model)
    assert ours.yaml == theirs.yaml or exact(says(ours.yaml)) == exact(says(theirs.yaml))


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_yaml_reads_back_as_the_same_model(case: Case, tmp_path: Path) -> None:
    with called(case):
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
    assert exact(second.mapping) == exact(first.mapping)


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_yaml_is_plain_yaml(case: Case) -> None:
    with called(case):
        loaded = load_canonical(options(case))
    read = yaml.safe_load(to_yaml(loaded.mapping).replace("$$", "$"))
    assert exact(read) == exact(loaded.mapping)


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_the_typed_project_has_every_service(case: Case) -> None:
    with called(case):
        project = load(options(case))
    with called(case):
        loaded = load_canonical(options(case))
    assert list(project.services) == list(loaded.mapping.get("services", {}))
    assert all(service.config_hash for service in project.services.values())
