"""Manifests in which anything may stand anywhere: they are read, or refused with clear errors."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from composer.errors import ComposerError
from composer.kube.read import read_manifests
from composer.spec import Options, load
from tests.testbed import CHECKOUT

ODD: list[Any] = [
    *(None, 1, -1, 0, True, "", "x", "a b", "$x", "$(A)", "9" * 30, 1e308, 10**30, "-5", "1Ki"),
    *([], {}, [1], [None], [[]], {"a": 1}, {"name": None}, ["x"], [{}], ".", "/", "../x"),
]
"""Values that are seldom what is expected."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values inside of ``value``."""
    if not isinstance(value, (dict, list)):
        return
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        yield from places(below, (*path, key))


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_clear_errors(seed: int, tmp_path: Path) -> None:
    files = sorted((CHECKOUT / "samples" / "kube").glob("*/*.yaml"))
    whole = [d for path in files for d in yaml.safe_load_all(path.read_text())]
    found = list(places(whole))
    chance = random.Random(seed)
    path = tmp_path / "odd.yaml"
    for _ in range(40):
        changed = copy.deepcopy(whole)
        *way, last = chance.choice(found)
        holder: Any = changed
        for key in way:
            holder = holder[key]
        holder[last] = chance.choice(ODD)
        path.write_text(yaml.safe_dump_all(changed))
        with suppress(ComposerError):
            read = read_manifests([str(path)])
            options = Options(files=(str(path),), project_name="p", environ={}, reader=read.reader)
            load(options)
