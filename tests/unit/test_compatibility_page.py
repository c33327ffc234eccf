"""``docs/compatibility.md`` has a row for each attribute, and names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from composer.engine.no_effect import NO_EFFECT
from tests.integration import test_attributes as services
from tests.integration import test_attributes_of_resources as resources
from tests.unit.engine.attributes import attributes

TESTS = Path(__file__).resolve().parent.parent
PAGE = (TESTS.parent / "docs/compatibility.md").read_text()
SECTIONS = {
    "services": "Services",
    "networks": "Networks",
    "volumes": "Volumes",
    "secrets": "Secrets and configs",
    "configs": "Secrets and configs",
}
NOT_SAID_IN_FILES = {"name", "key", "extensions", "config_hash", "pod", "pod_init"}
"""What the typed model has besides the specification's attributes, or in place of them."""
AS_A_WHOLE = {"blkio_config", "build", "post_start", "pre_start", "pre_stop"}
"""Attributes whose parts have tests of their own and are not listed one by one."""


def section(title: str) -> str:
    """The text below a heading of the page."""
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """The rows of the table below a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def words(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def test_the_table_of_what_has_no_effect_is_the_programs() -> None:
    listed = {words(row[0])[0]: row[1] for row in rows("What has no effect")}
    assert listed == {path: lack.why.replace("{}", "…") for path, lack in NO_EFFECT.items()}


@pytest.mark.parametrize(
    "path",
    [
        path
        for kind in SECTIONS
        for path in attributes(kind)
        if path.split(".", 2)[2] not in NOT_SAID_IN_FILES and not path.endswith(".extensions")
    ],
)
def test_every_attribute_has_a_row(path: str) -> None:
    kind, _, *inside = path.split(".")
    if any(path == each or path.startswith(f"{each}.") for each in NO_EFFECT):
        return
    named = [part for part in inside if part != "*"]
    for row in rows(SECTIONS[kind]):
        for attribute in words(row[0]):
            said = attribute.split(".")
            if named[: len(said)] == said and all(
                any(part in word for word in words(row[1])) for part in named[len(said) :]
            ):
                return
            if said == named[:1] and said[0] in AS_A_WHOLE:
                return
    raise AssertionError(f"no row of docs/compatibility.md says how {path} is honoured")


def test_the_tests_that_the_page_names_exist() -> None:
    known = {f"[{row.name}]" for row in services.ROWS}
    known |= {f"[{row.key}]" for row in (*resources.NETWORKS, *resources.VOLUMES)}
    modules = (services, resources)
    known |= {name for module in modules for name in vars(module) if name.startswith("test_")}
    for title in (*SECTIONS.values(), "Extensions of podman-compose"):
        for row in rows(title):
            for name in words(row[-1]):
                if name.endswith("…]"):
                    assert any(each.startswith(name[:-2]) for each in known), name
                else:
                    assert name in known or (TESTS / name).exists(), name


def test_every_row_on_a_real_podman_is_named() -> None:
    """A row that the page does not name shows something that the page does not say."""
    named = {name for title in SECTIONS.values() for row in rows(title) for name in words(row[-1])}
    named |= {name for row in rows("Extensions of podman-compose") for name in words(row[-1])}
    assert len(named) > 50
    for row in services.ROWS:
        shown = f"[{row.name}]" in named or any(
            name.endswith("…]") and f"[{row.name}]".startswith(name[:-2]) for name in named
        )
        assert shown or row.warns, row.name
