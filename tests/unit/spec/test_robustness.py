"""Whatever stands in a file, it is loaded or refused with an error for its user."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from composer.errors import ComposerError
from composer.spec import Options, check_runnable, load, load_canonical, to_json, to_yaml

CASES = Path(__file__).parents[2] / "conformance" / "cases"
ODD: list[Any] = [
    *(None, "", 0, -1, 1.5, True, [], {}, [1], ["a"], [None], [[]], [{}], {"a": 1}, {"a": None}),
    *({"x-a": 1}, "a:b", "$x", "${", "a=b", [{"a": 1}], "service:zz", "::", "/", "-", ".."),
    *({"service": "a"}, {"path": []}, [{"path": None}]),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values within ``value``."""
    below = value.items() if isinstance(value, dict) else enumerate(value)
    for key, entry in below:
        yield (*path, key)
        if isinstance(entry, (dict, list)):
            yield from places(entry, (*path, key))


def sources() -> list[Any]:
    found = []
    for file in sorted(CASES.rglob("*.yaml")):
        try:
            document = yaml.safe_load(file.read_text())
        except yaml.YAMLError:
            continue
        if isinstance(document, dict) and document.get("services"):
            found.append(document)
    return found


@pytest.mark.parametrize(
    ("interpolate", "raw"), [(True, False), (False, True), (False, False)], ids=str
)
@pytest.mark.parametrize("seed", range(10))
def test_odd_values_are_loaded_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, interpolate: bool, raw: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    choose = random.Random(seed)
    documents = sources()
    options = Options(environ={}, project_name="p")
    for _ in range(40):
        document = copy.deepcopy(choose.choice(documents))
        *parents, last = choose.choice(list(places(document)))
        holder = document
        for key in parents:
            holder = holder[key]
        holder[last] = copy.deepcopy(choose.choice(ODD))
        Path("compose.yaml").write_text(yaml.safe_dump(document))
        try:
            if interpolate:
                check_runnable(load(options))
            loaded = load_canonical(options._replace(interpolate=interpolate, raw=raw))
        except ComposerError:
            continue
        assert to_yaml(loaded.mapping)
        assert to_json(loaded.mapping, whole=not raw)
