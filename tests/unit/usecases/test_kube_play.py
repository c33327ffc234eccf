"""``kube play`` and its like on a recording fake of the engine, and ``kube import``."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from composer.errors import ComposerError, FileError
from composer.plan.intent import Down, Images, Up
from composer.spec import Options, load
from composer.usecases.context import Context, Settings
from composer.usecases.kube_import import import_manifests
from composer.usecases.kube_play import (
    down,
    down_by_podman,
    look_at,
    play,
    play_by_podman,
)
from tests.fake_engine import FakeEngine
from tests.unit.kube.manifests import config_map, container, written

SECRET = config_map("key", {"p": "open-$esame"}, "Secret")
SAID = "env: [{name: P, valueFrom: {secretKeyRef: {name: key, key: p}}}]"


class Played:
    """A manifest, a fake engine, and contexts on it."""

    def __init__(self, folder: Path) -> None:
        self.file = str(written(folder, SECRET, container(SAID)))
        self.engine = FakeEngine(images=["busybox"])
        self.environ = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(folder)}

    def context(self, name: str | None = None) -> Context:
        found = Context(Settings(progress="quiet", project_name=name), self.environ)
        found.__dict__["engine"] = self.engine
        return found


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    monkeypatch.chdir(tmp_path)
    return Played(tmp_path)


def test_what_is_played_is_up_under_the_files_name_and_goes(played: Played) -> None:
    play(played.context(), [played.file], Images(), Up(), None)
    assert [c.name for c in played.engine.observe("app").containers] == ["app-app-1"]
    played.engine.calls.clear()
    play(played.context(), [played.file], Images(), Up(), None)
    assert played.engine.calls == []
    down(played.context(), [played.file], Down())
    assert played.engine.observe("app").containers == ()


def test_the_name_that_is_said_counts(played: Played) -> None:
    play(played.context("mine"), [played.file], Images(), Up(scale={"app": 2}), None)
    found = played.engine.observe("mine").containers
    assert [c.name for c in found] == ["mine-app-1", "mine-app-2"]
    context = played.context("mine")
    look_at(context, [])
    assert context.project_name == "mine"
    with pytest.raises(ComposerError, match="no manifest is named"):
        look_at(played.context(), [])


def test_nothing_is_done_if_anything_is_wrong(played: Played) -> None:
    path = Path(played.file)
    path.write_text(path.read_text().replace("image:", "imagee:"))
    with pytest.raises(FileError, match="imagee: is unknown"):
        play(played.context(), [played.file], Images(), Up(), None)
    assert played.engine.calls == []


def test_another_liveness_probe_is_told_of_in_the_background(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "readinessProbe: {exec: {command: [a]}}\nlivenessProbe: {exec: {command: [b]}}\n"
    Path(played.file).write_text(container(said))
    play(played.context(), [played.file], Images(), Up(start=True), None)
    assert "service app: its liveness probe is another" in capsys.readouterr().err


def test_podman_gets_the_file_or_one_of_all_files(
    played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = played.context()
    play_by_podman(context, [played.file], start=False)
    down_by_podman(context, [played.file], force=False)
    assert played.engine.calls == [
        ("podman", f"kube play --start=false {played.file}"),
        ("podman", f"kube down {played.file}"),
    ]
    played.engine.calls.clear()
    context.settings = context.settings._replace(dry_run=True)
    assert play_by_podman(context, [played.file]) == 0
    assert played.engine.calls == []
    assert capsys.readouterr().out == f"podman kube play {played.file}\n"
    context.settings = context.settings._replace(dry_run=False)
    (tmp_path / "b.yml").write_text(SECRET)
    play_by_podman(context, [str(tmp_path)])
    *words, path = played.engine.calls[-1][1].split()
    assert words == ["kube", "play"]
    assert path.endswith(".yaml")
    assert path != played.file
    assert not Path(path).exists()


def test_import_writes_a_file_for_its_owner_only_if_there_are_secrets(
    played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "compose.yaml"
    target.write_text("before")
    target.chmod(0o644)
    import_manifests(played.context(), [played.file], str(target))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "holds the text of Secrets" in capsys.readouterr().err
    again = load(Options(files=(str(target),), environ={}))
    assert again.name == "app"
    assert again.services["app"].environment == {"P": "open-$esame"}
    assert not again.warnings


def test_import_tells_what_is_lost_at_the_top(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(played.file).write_text(container("", "nodeSelector: {a: b}\n"))
    import_manifests(played.context(), [played.file], "-")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "# What has no effect here, or another than on a cluster:"
    assert lines[1].startswith("# - app.yaml:")
    assert "nodeSelector: there is one machine to run on" in lines[1]
    assert lines[2] == "name: app"
