"""``--all-resources``: what no service uses is kept, and made."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.plan.intent import Up
from composer.plan.up import plan_up
from composer.spec import Options, load, load_canonical
from composer.state import State

FILE = """\
name: p
services:
  a: {image: i, networks: [used], volumes: ["data:/d"]}
  b: {image: i, networks: [other]}
networks: {used: {}, other: {}, spare: {}}
volumes: {data: {}, unused: {}}
configs: {text: {content: t}}
"""


@pytest.fixture
def options(tmp_path: Path) -> Options:
    (tmp_path / "compose.yaml").write_text(FILE)
    return Options(project_directory=str(tmp_path))


def test_what_nobody_uses_is_kept_on_demand_only(options: Options) -> None:
    kept = load_canonical(options).mapping
    assert (set(kept["networks"]), set(kept["volumes"])) == ({"used", "other"}, {"data"})
    assert "configs" not in kept
    canonical = load_canonical(options._replace(all_resources=True))
    for model in (canonical.mapping, canonical.selected(["a"])):
        assert set(model["networks"]) == {"used", "other", "spare"}
        assert set(model["volumes"]) == {"data", "unused"}
        assert set(model["configs"]) == {"text"}
    assert list(canonical.selected(["a"])["services"]) == ["a"]


def test_what_nobody_uses_is_made_on_demand_only(options: Options) -> None:
    def made(options: Options) -> set[str]:
        plan = plan_up(load(options), State(project="p"), Up(services=("a",)))
        return {o.id for o in plan if o.id.startswith(("network:", "volume:"))}

    assert made(options) == {"network:p_used", "volume:p_data"}
    assert made(options._replace(all_resources=True)) == {
        "network:p_used",
        "network:p_spare",
        "volume:p_data",
        "volume:p_unused",
    }
