"""What changed files ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from composer.errors import ComposerError
from composer.spec import Options, load
from composer.spec.model import Project
from composer.watch.batch import initial_work, work_for
from composer.watch.rules import Rule, rules


def project_of(folder: Path, *watch: dict[str, Any], **more: Any) -> Project:
    """A project with one service that watches."""
    import json

    service = {"image": "x", "develop": {"watch": watch}, **more}
    (folder / "compose.yaml").write_text(json.dumps({"services": {"a": service}}))
    return load(Options(project_directory=str(folder), environ={}))


def rules_of(folder: Path, *watch: dict[str, Any], **more: Any) -> list[Rule]:
    return rules(project_of(folder, *watch, **more), ["a"], lambda _: None)


def write(folder: Path, *paths: str) -> list[str]:
    """Write files; their absolute paths."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return [str(folder / path) for path in paths]


def test_what_is_there_is_copied_and_what_is_gone_removed(tmp_path: Path) -> None:
    found = rules_of(tmp_path, {"action": "sync", "path": "src", "target": "/app"})
    paths = write(tmp_path, "src/a", "src/new/b", "srcs/c")
    work = work_for(
        found, [paths[0], str(tmp_path / "src/new"), paths[2], str(tmp_path / "src/no")]
    )
    assert work.copies["a"]["/app/a"] == paths[0]
    assert work.copies["a"]["/app/new/b"] == paths[1], "a new folder brings what is in it"
    assert work.deletions == {"a": ["/app/no"]}
    assert "/app/c" not in work.copies["a"]
    assert not work.restart


def test_a_file_is_copied_to_its_target_itself(tmp_path: Path) -> None:
    found = rules_of(
        tmp_path, {"action": "sync+restart", "path": "x.conf", "target": "/etc/y.conf"}
    )
    (path,) = write(tmp_path, "x.conf")
    work = work_for(found, [path, path])
    assert work.copies == {"a": {"/etc/y.conf": path}}
    assert work.restart == ["a"]


def test_ignored_files_ask_for_nothing(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("src/secret\n")
    found = rules_of(
        tmp_path,
        {"action": "sync", "path": "src", "target": "/", "ignore": "no", "include": ["**/*.py"]},
        {"action": "rebuild", "path": "."},
        build={"context": "."},
    )
    paths = write(tmp_path, "src/no/a.py", "src/secret/b.py", "src/c.txt", "src/.git/d.py", "src/~")
    work = work_for(found[:1], [*paths, str(tmp_path / "src/e.py~")])
    assert not work
    assert work_for(found, [paths[1], paths[3]]).rebuild == []
    assert work_for(found, paths).rebuild == ["a"]


def test_a_command_runs_once_for_a_batch(tmp_path: Path) -> None:
    found = rules_of(
        tmp_path,
        {"action": "sync+exec", "path": "src", "target": "/", "exec": {"command": ["true"]}},
    )
    work = work_for(found, write(tmp_path, "src/a", "src/b"))
    assert [rule.exec["command"] for rule in work.commands] == [["true"]]


def test_the_start_brings_what_initial_sync_names(tmp_path: Path) -> None:
    found = rules_of(
        tmp_path,
        {"action": "sync", "path": "src", "target": "/s", "initial_sync": True, "ignore": ["n"]},
        {"action": "sync", "path": "more", "target": "/m"},
    )
    write(tmp_path, "src/a", "src/n/b", "more/c")
    work = initial_work(found)
    assert set(work.copies["a"]) == {"/s", "/s/a"}


def test_what_is_mounted_is_not_copied(tmp_path: Path) -> None:
    said: list[str] = []
    project = project_of(
        tmp_path,
        {"action": "sync", "path": "src/in", "target": "/s"},
        {"action": "restart", "path": "src"},
        volumes=["./src:/s"],
    )
    found = rules(project, ["a"], said.append)
    assert [rule.action for rule in found] == ["restart"]
    assert "services.a.develop.watch[0]" in said[0]


@pytest.mark.parametrize(
    ("more", "build", "said"),
    [({}, True, "no build section"), ({"build": {"context": "."}}, False, "--no-build")],
)
def test_a_rebuild_that_cannot_be_is_refused(
    tmp_path: Path, more: dict[str, Any], build: bool, said: str
) -> None:
    project = project_of(tmp_path, {"action": "rebuild", "path": "."}, **more)
    with pytest.raises(ComposerError, match=said):
        rules(project, ["a"], lambda _: None, build=build)
