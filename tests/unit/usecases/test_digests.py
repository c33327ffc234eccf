"""``config --resolve-image-digests`` and ``--lock-image-digests`` on a fake engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from composer.errors import ComposerError, EngineError
from composer.usecases.config import ConfigOptions, config
from composer.usecases.context import Context, Settings
from tests.fake_engine import FakeEngine

DIGEST = f"sha256:{'ab' * 32}"
PROJECT = f"""\
name: p
services:
  short: {{image: busybox, command: [x]}}
  tagged: {{image: "quay.io/x/y:3", depends_on: [short]}}
  pinned: {{image: "localhost:5000/z:4@{DIGEST}"}}
  built: {{build: .}}
  other: {{image: missing, profiles: [no]}}
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compose.yaml").write_text(PROJECT)
    made = FakeEngine(images=["busybox", "quay.io/x/y:3"])
    made.digests = {"docker.io/library/busybox:latest": DIGEST, "quay.io/x/y:3": DIGEST}
    return made


def context(engine: FakeEngine, **settings: object) -> Context:
    found = Context(Settings()._replace(**settings), {"PATH": os.environ["PATH"]})  # type: ignore[arg-type]
    found.__dict__["engine"] = engine
    return found


def test_images_are_pinned_in_the_whole_model(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert config(context(engine), ConfigOptions(digests=True)) == 0
    services = yaml.safe_load(capsys.readouterr().out)["services"]
    assert services["short"]["image"] == f"docker.io/library/busybox:latest@{DIGEST}"
    assert services["short"]["command"] == ["x"]
    assert services["tagged"]["image"] == f"quay.io/x/y:3@{DIGEST}"
    assert services["pinned"]["image"] == f"localhost:5000/z@{DIGEST}"
    assert "image" not in services["built"]
    assert engine.attempts == []


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_lock_has_nothing_but_images(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert config(context(engine), ConfigOptions(lock=True, format=form)) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {
        "services": {
            "built": {},
            "pinned": {"image": f"localhost:5000/z@{DIGEST}"},
            "short": {"image": f"docker.io/library/busybox:latest@{DIGEST}"},
            "tagged": {"image": f"quay.io/x/y:3@{DIGEST}"},
        }
    }


def test_a_lock_of_named_services(engine: FakeEngine, capsys: pytest.CaptureFixture[str]) -> None:
    config(context(engine), ConfigOptions(lock=True, services=("tagged",)))
    assert list(yaml.safe_load(capsys.readouterr().out)["services"]) == ["short", "tagged"]


def test_a_missing_image_is_pulled_for_its_digest(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.digests["docker.io/library/missing:latest"] = DIGEST
    assert config(context(engine, profiles=("no",)), ConfigOptions(lock=True)) == 0
    assert engine.subjects("pull") == ["missing"]
    printed = capsys.readouterr()
    image = yaml.safe_load(printed.out)["services"]["other"]["image"]
    assert image == f"docker.io/library/missing:latest@{DIGEST}"
    assert "missing is not here: pulling it" in printed.err


def test_an_image_that_cannot_be_pulled_is_named(engine: FakeEngine) -> None:
    engine.fail("pull", "missing", EngineError("cannot pull missing: no such image", hint="look"))
    with pytest.raises(ComposerError) as caught:
        config(context(engine, profiles=("no",)), ConfigOptions(digests=True))
    assert "the digest of missing cannot be resolved" in caught.value.message
    assert caught.value.hint == "look"


def test_an_image_without_a_digest_is_named(engine: FakeEngine) -> None:
    engine.digests.pop("quay.io/x/y:3")
    with pytest.raises(ComposerError, match=r"the digest of quay\.io/x/y:3 cannot be resolved"):
        config(context(engine), ConfigOptions(digests=True))


def test_variables_in_an_image_have_no_digest(engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: 'x:${TAG}'}}\n")
    with pytest.raises(ComposerError, match=r"services\.a\.image") as caught:
        config(context(engine), ConfigOptions(digests=True, interpolate=False))
    assert caught.value.hint == "leave out --no-interpolate"
