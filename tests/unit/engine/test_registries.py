"""Names without a registry mean Docker Hub, unless the machine's settings do without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.engine.registries import configured, searched
from composer.state import Capabilities, ImageState, State, image_names

LINE = "unqualified-search-registries = "


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "etc" / "registries.conf.d").mkdir(parents=True)
    (tmp_path / "home" / ".config" / "containers" / "registries.conf.d").mkdir(parents=True)
    return {"HOME": str(tmp_path / "home")}


def test_the_last_file_that_names_registries_counts(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    system, user = tmp_path / "etc", tmp_path / "home/.config/containers"
    assert configured(environ, system) == ()
    (system / "registries.conf").write_text(f'# {LINE}["old.example"]\n{LINE}["a.example"]\n')
    assert configured(environ, system) == ("a.example",)
    (system / "registries.conf.d/1.conf").write_text(f'{LINE}["b.example",\n "c.example"]\n')
    (system / "registries.conf.d/2.conf").write_text('[aliases]\n"x" = "quay.io/x"\n')
    assert configured(environ, system) == ("b.example", "c.example")
    (user / "registries.conf.d/1.conf").write_text(f'{LINE}["d.example"]\n')
    assert configured(environ, system) == ("d.example",)
    said = tmp_path / "mine.conf"
    said.write_text("no toml = [")
    assert configured(environ | {"CONTAINERS_REGISTRIES_CONF": str(said)}, system) == ()
    said.write_text(f'{LINE}["e.example"]\n')
    assert configured(environ | {"CONTAINERS_REGISTRIES_CONF": str(said)}, system) == ("e.example",)


def test_docker_hub_comes_first_where_it_is_named_at_all() -> None:
    assert searched(["registry.example", "docker.io"]) == ()
    assert searched([]) == ()
    assert searched(["a.example", "b.example"]) == ("a.example", "b.example")


def test_short_names_are_those_of_the_registries_then() -> None:
    assert image_names("app", ["a.example"]) == (
        "a.example/app:latest",
        "docker.io/library/app:latest",
        "localhost/app:latest",
        "app:latest",
    )
    assert image_names("quay.io/app:1", ["a.example"]) == ("quay.io/app:1",)
    there = State(
        project="p",
        images={"a.example/team/app:1": ImageState(id="x")},
        capabilities=Capabilities(registries=("a.example",)),
    )
    assert there.image_id("team/app:1") == "x"
