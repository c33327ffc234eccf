"""Flags that only some people know: former ones, and what they become in an intent."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.plan.images import plan_build
from composer.plan.intent import Build
from composer.plan.operations import BuildImage, PushImage
from composer.spec import Options, load
from tests.unit.cli.test_program import run

FILE = """\
name: p
services:
  a: {image: here/a, build: {context: ., tags: [here/b]}}
  b: {build: .}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(FILE)
    (tmp_path / "Dockerfile").write_text("FROM busybox\n")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "--no-ansi --verbose config --services",
        "--workdir . config --services",
        "--dry-run=false config --services",
    ],
)
def test_former_flags_are_accepted(words: str, folder: Path) -> None:
    done = run(*words.split(), cwd=folder)
    assert (done.returncode, done.stdout) == (0, "a\nb\n"), done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "--dry-run build --parallel --compress --force-rm --no-rm --progress plain",
        "--dry-run build --builder default --provenance=false --sbom true",
    ],
)
def test_flags_of_buildkit_are_accepted(words: str, folder: Path) -> None:
    done = run(*words.split(), cwd=folder)
    assert done.returncode == 0, done.stderr
    assert ("--builder has no effect" in done.stderr) == ("--builder" in words)
    assert ("--sbom has no effect" in done.stderr) == ("--sbom" in words)
    assert "--provenance" not in done.stderr


def test_names_and_resources_follow_the_global_flags(folder: Path) -> None:
    with (folder / "compose.yaml").open("a") as file:
        file.write("volumes: {spare: {}}\n")
    assert run("config", "--volumes", cwd=folder).stdout == ""
    assert run("--all-resources", "config", "--volumes", cwd=folder).stdout == "spare\n"
    assert run("--compatibility", "config", "--images", cwd=folder).stdout == "here/a\np_b\n"


def test_a_size_that_cannot_be_read_is_told(folder: Path) -> None:
    done = run("build", "-m", "much", cwd=folder)
    assert done.returncode == 1
    assert "'much' is not a size" in done.stderr


def test_build_pushes_named_images_after_they_are_built(folder: Path) -> None:
    project = load(Options(project_directory=str(folder)))
    plan = plan_build(project, ["a", "b"], Build(push=True, memory=1024))
    pushes = {op.image: op.id for op in plan if isinstance(op, PushImage)}
    assert set(pushes) == {"here/a", "here/b"}
    assert {op.memory for op in plan if isinstance(op, BuildImage)} == {1024}
    graph = plan.graph
    assert all(list(graph.predecessors(push)) == ["build:here/a"] for push in pushes.values())
    assert not any(isinstance(op, PushImage) for op in plan_build(project, ["a"], Build()))
