"""Changes of Compose files: of their structure, and of their text."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from composer.spec.schema import FILE
from composer.spec.schema.service import SERVICE
from tests.unit.spec.fuzz import soup

ODD: tuple[Any, ...] = (
    *(None, "", 0, -1, 1.5, 1e300, 2**63, True, [], {}, [1], ["a"], [None], [[]], [{}], {"a": 1}),
    *({"a": None}, {"x-a": 1}, "a:b", "$x", "${", "a=b", [{"a": 1}], "service:zz", "::", "/", "-"),
    *({"service": "a"}, {"path": []}, [{"path": None}], {"file": "other.yaml", "service": "a"}),
    *(["other.yaml"], ["compose.yaml"], "other.yaml", "values.env", ["values.env"], ["."]),
)
KEYS = (
    *(FILE.keys or {}),
    *(SERVICE.keys or {}),
    "<<",
    "x-a",
    "",
    "a b",
    "source",
    "target",
    "name",
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values within ``value``."""
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(entry, (dict, list)):
            yield from places(entry, (*path, key))


def structure(choose: Random, document: Any, others: list[Any]) -> Any:
    """``document`` with a few values replaced, renamed, wrapped, doubled or taken from another."""
    document = copy.deepcopy(document)
    for _ in range(choose.randint(1, 4)):
        found = list(places(document))
        if not found:
            break
        *parents, last = choose.choice(found)
        holder = document
        for key in parents:
            holder = holder[key]
        _change(choose, holder, last, others)
    return document


def _change(choose: Random, holder: Any, last: Any, others: list[Any]) -> None:
    kind = choose.randrange(8)
    if kind == 0 and isinstance(holder, dict):
        holder[choose.choice(KEYS)] = holder.pop(last)
    elif kind == 1:
        holder[last] = [holder[last]] * choose.randint(1, 2)
    elif kind == 2:
        holder[last] = {choose.choice(KEYS): holder[last]}
    elif kind == 3 and isinstance(holder, dict):
        holder[choose.choice(KEYS)] = copy.deepcopy(holder[last])
    elif kind == 4:
        other = choose.choice(others)
        path = choose.choice(list(places(other)))
        for key in path:
            other = other[key]
        holder[last] = copy.deepcopy(other)
    elif kind <= 6:
        holder[last] = soup.text(choose)
    else:
        holder[last] = copy.deepcopy(choose.choice(ODD))


def letters(choose: Random, text: str) -> str:
    """``text`` with a few lines or characters changed, added, taken out or moved."""
    for _ in range(choose.randint(1, 4)):
        at = choose.randrange(len(text) + 1)
        end = min(at + choose.randint(1, 12), len(text))
        kind = choose.randrange(6)
        if kind == 0:
            text = text[:at] + text[end:]
        elif kind == 1:
            text = text[:at] + choose.choice(soup.YAML) + text[at:]
        elif kind == 2:
            text = text[:at] + soup.text(choose) + text[end:]
        else:
            lines = text.split("\n")
            line = choose.randrange(len(lines))
            if kind == 3:
                lines[line] = " " * choose.randint(0, 8) + lines[line].lstrip()
            elif kind == 4:
                lines.insert(choose.randrange(len(lines) + 1), lines[line])
            else:
                del lines[line]
            text = "\n".join(lines)
    return text
