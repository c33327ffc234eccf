"""Every place of the Compose Specification is in a case, in each of the forms that it may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from composer.spec.read import read
from composer.spec.schema import FILE
from composer.spec.shapes import Shape
from composer.spec.tree import Problems
from tests.conformance.cases import Case, all_cases, recorded
from tests.conformance.schema_paths import Table, join, observed, table

KNOWN = table()
IMPOSSIBLE = {
    "services.*.gpus.x-*": "the schema allows extensions beside the entries of a list",
}
NEWER = ("services.*.pre_start",)
"""What composer knows from a newer specification than docker-compose has."""
OPEN = (
    "configs.*.external.x-*",
    "include[].x-*",
    "secrets.*.external.x-*",
    "services.*.extends.x-*",
    "services.*.gpus[].x-*",
    "services.*.storage_opt.*",
)
"""What the schema says nothing about."""


def accepted_cases() -> Iterator[Case]:
    """The cases that docker-compose accepts, and those that only composer accepts."""
    for case in all_cases():
        answer = recorded(case)
        if case.differs or (answer is not None and answer.model is not None):
            yield case


def files(case: Case) -> Iterator[str]:
    """The texts of all Compose files of a case."""
    if case.folder.name == case.name:
        for file in case.folder.rglob("*.y*ml"):
            yield file.read_text()
    else:
        yield (case.folder / f"{case.name}.yaml").read_text()


@pytest.fixture(scope="module")
def covered() -> Table:
    """The paths that are in a case, with the forms that they have there."""
    found: dict[str, set[str]] = {}
    for case in accepted_cases():
        for text in files(case):
            for document in read(text, case.name, Problems()):
                for path, form in observed(document.root, KNOWN):
                    found.setdefault(path, set()).add(form)
    return {path: frozenset(forms) for path, forms in found.items()}


def test_every_path_is_in_a_case_in_each_of_its_forms(covered: Table) -> None:
    missing = {
        path: sorted((forms or {"any"}) - covered.get(path, frozenset()))
        for path, forms in KNOWN.items()
        if path not in IMPOSSIBLE and not (forms or {"any"}) <= covered.get(path, frozenset())
    }
    assert missing == {}


def shapes(shape: Shape, path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """The paths that composer knows, each with the forms that it accepts there."""
    kinds = {
        "text": str in shape.accepts,
        "number": bool(shape.accepts & {int, float}),
        "boolean": bool in shape.accepts,
        "null": type(None) in shape.accepts,
        "list": shape.items is not None,
        "mapping": shape.keys is not None or shape.values is not None,
    }
    words = [f"={word}" for word in shape.choices]
    yield path, frozenset([*(kind for kind, is_allowed in kinds.items() if is_allowed), *words])
    for key, below in (shape.keys or {}).items():
        yield from shapes(below, join(path, key))
    if shape.keys is not None and shape.extensions != "refused":
        yield join(path, "x-*"), frozenset()
    if shape.values is not None:
        yield from shapes(shape.values, join(path, "*"))
    if shape.items is not None:
        yield from shapes(shape.items, f"{path}[]")


def test_composer_knows_every_path_in_each_of_its_forms_and_no_other() -> None:
    ours = {path: forms for path, forms in shapes(FILE) if path and not path.startswith(NEWER)}
    assert set(KNOWN) - set(ours) - set(IMPOSSIBLE) == set()
    assert set(ours) - set(KNOWN) - set(OPEN) == set()
    refused = {
        path: sorted(forms - ours[path])
        for path, forms in KNOWN.items()
        if path not in IMPOSSIBLE and not forms <= ours[path]
    }
    assert refused == {}
