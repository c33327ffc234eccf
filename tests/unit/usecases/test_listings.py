"""``images``, ``volumes``, ``port``, ``commit`` and ``export`` on a fake engine."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from composer.errors import ComposerError
from composer.state import PODMAN_PROJECT, PROJECT, SERVICE, Container, ImageState, Published
from composer.state import VolumeState as Volume
from composer.ui.images import familiar
from composer.ui.size import human_size
from composer.usecases.commit import CommitOptions, commit
from composer.usecases.context import Context, Settings
from composer.usecases.export import export
from composer.usecases.image_list import images
from composer.usecases.port import port
from composer.usecases.volumes import volumes
from tests.fake_engine import FakeEngine

WEB = Container(
    id="1",
    name="p-web-1",
    status="running",
    image="docker.io/library/busybox:1.36",
    image_id="a" * 64,
    labels={PROJECT: "p", SERVICE: "web"},
    ports=(Published("", 8080, 80, "tcp"), Published("::1", 5353, 53, "udp")),
)


@pytest.fixture
def engine() -> FakeEngine:
    made = FakeEngine()
    made.images["a" * 64] = ImageState(id="a" * 64, size=2_131_013)
    made.add_container(WEB)
    return made


@pytest.fixture
def ctx(engine: FakeEngine) -> Context:
    found = Context(Settings(project_name="p", progress="plain"), {})
    found.__dict__["engine"] = engine
    return found


Output = pytest.CaptureFixture[str]


def test_images_of_containers(ctx: Context, engine: FakeEngine, capsys: Output) -> None:
    gone = msgspec.structs.replace(WEB, id="2", name="p-old-1", image_id="b" * 64, image="sha256:b")
    engine.add_container(gone)
    assert images(ctx, (), format="json", quiet=False) == 0
    old, web = json.loads(capsys.readouterr().out)
    assert old == {
        "ID": "sha256:" + "b" * 64,
        "ContainerName": "p-old-1",
        "Repository": "",
        "Tag": "",
        "Platform": "",
        "Size": 0,
    }
    assert [web[key] for key in ("Repository", "Tag", "Size")] == ["busybox", "1.36", 2_131_013]
    images(ctx, (), format="table", quiet=False)
    assert "<none>" in capsys.readouterr().out
    images(ctx, ("nobody",), format="table", quiet=True)
    said = capsys.readouterr()
    assert (said.out, "nobody" in said.err) == ("", True)


@pytest.mark.parametrize(
    ("reference", "names"),
    [
        ("docker.io/library/busybox:latest", ("busybox", "latest")),
        ("docker.io/me/app:1", ("me/app", "1")),
        ("localhost/p-app:latest", ("localhost/p-app", "latest")),
        ("127.0.0.1:5000/app", ("127.0.0.1:5000/app", "latest")),
        ("quay.io/a/b@sha256:abc", ("quay.io/a/b", "")),
        ("f" * 64, ("", "")),
    ],
)
def test_names_are_shown_as_docker_shows_them(reference: str, names: tuple[str, str]) -> None:
    assert familiar(reference) == names


def test_sizes_are_worded_as_docker_does() -> None:
    sizes = (0, 999, 1000, 2_131_013, 203_797_579, 999_999, 1_500_000_000)
    told = ["0B", "999B", "1kB", "2.13MB", "204MB", "1MB", "1.5GB"]
    assert [human_size(size) for size in sizes] == told


def test_volumes_of_both_families_of_labels(
    ctx: Context, engine: FakeEngine, capsys: Output
) -> None:
    engine.volumes = {
        "p_b": Volume(name="p_b", labels={PODMAN_PROJECT: "p"}),
        "p_a": Volume(name="p_a", labels={PROJECT: "p", "kind": "x"}),
        "q_a": Volume(name="q_a", labels={PROJECT: "q"}),
    }
    volumes(ctx, (), format="table", quiet=True)
    assert capsys.readouterr().out == "p_a\np_b\n"
    volumes(ctx, (), format="{{.Name}}{{with_kind}}", quiet=True)
    assert capsys.readouterr().out == "p_a\np_b\n", "names stand above a format"
    volumes(ctx, (), format='{{.Name}} {{.Label "kind"}} {{.Scope}}', quiet=False)
    assert capsys.readouterr().out == "p_a x local\np_b  local\n"


def test_ports(ctx: Context, capsys: Output) -> None:
    port(ctx, "web", 80)
    port(ctx, "web", 53, protocol="udp")
    assert capsys.readouterr().out == "0.0.0.0:8080\n[::1]:5353\n"
    with pytest.raises(ComposerError, match=r"does not publish 53/tcp\n.*53/udp, 80/tcp"):
        port(ctx, "web", 53)


def test_commit_and_export_tell_what_they_did(
    ctx: Context, engine: FakeEngine, tmp_path: Path, capsys: Output
) -> None:
    assert commit(ctx, "web", CommitOptions(reference="kept:1", pause=False)) == 0
    assert engine.arguments["commit", "p-web-1"] == {"reference": "kept:1", "pause": False}
    target = tmp_path / "web.tar"
    target.write_text("old")
    assert export(ctx, "web", output=str(target)) == 0
    assert target.read_text() == "files of p-web-1"
    said = capsys.readouterr()
    assert said.out == ""
    assert ["Committed" in said.err, f"Exported to {target}" in said.err] == [True, True]


def test_a_failed_export_leaves_the_file_that_was_there(
    ctx: Context, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "web.tar"
    target.write_text("old")

    def broken(container: str, write: object) -> None:
        raise ComposerError("it went away")

    monkeypatch.setattr(engine, "export", broken)
    with pytest.raises(ComposerError, match="it went away"):
        export(ctx, "web", output=str(target))
    assert [path.name for path in tmp_path.iterdir()] == ["web.tar"]
    assert target.read_text() == "old"
    with pytest.raises(ComposerError, match="is a folder"):
        export(ctx, "web", output=str(tmp_path))
