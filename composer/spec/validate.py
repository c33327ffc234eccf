"""Checks the structure of a file against the schema: known keys, types, and syntaxes of scalars."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from composer.spec.schema import FILE
from composer.spec.shapes import Shape
from composer.spec.tree import Map, Mark, Problems, entries

_LISTED = 12


def validate(root: Map, problems: Problems, *, variables_left: bool = False) -> None:
    """Note in ``problems`` everything in the file ``root`` that the schema does not allow.

    What only a whole, merged model must have (``Shape.needs``) is ``check_needs``'s matter. With
    ``variables_left`` (nothing was interpolated) texts with variables pass everywhere.
    """
    found = Problems()
    _check(root, FILE, "", None, found)
    if variables_left:
        found.found = [problem for problem in found.found if "$" not in problem.message]
    problems.found += found.found


def nearest(word: str, known: Any) -> str | None:
    """A hint that names the nearest of the ``known`` words, or None."""
    from difflib import get_close_matches  # needed for errors only

    found = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else None


def _listed(known: Mapping[str, Shape]) -> str | None:
    """The known keys, unless they are too many to be of help."""
    return f"known here: {', '.join(sorted(known))}" if len(known) <= _LISTED else None


def _check(value: Any, shape: Shape, path: str, mark: Mark | None, problems: Problems) -> None:
    if isinstance(value, dict):
        if shape.keys is not None:
            _check_keys(value, shape, path, problems)
            return
        if shape.values is not None:
            _check_values(value, shape, path, problems)
            return
    elif isinstance(value, list):
        if shape.items is not None:
            items = shape.items
            for index, (entry, at) in enumerate(entries(value)):
                _check(entry, items, f"{path}[{index}]", at or mark, problems)
                if shape.unique and entry in value[:index]:
                    problems.add(at or mark, f"{path}[{index}]", f"{entry!r} is said twice")
            return
    elif type(value) in shape.accepts:
        _check_scalar(value, shape, path, mark, problems)
        return
    problems.add(mark, path, f"{_shown(value)} is not allowed; {shape.said()} is expected")


def _check_scalar(
    value: Any, shape: Shape, path: str, mark: Mark | None, problems: Problems
) -> None:
    if shape.choices and value not in shape.choices:
        problems.add(
            mark,
            path,
            f"{value!r} is not allowed; {', '.join(shape.choices)} can be said",
            nearest(str(value), shape.choices),
        )
    elif shape.pattern is not None and not re.search(shape.pattern, value):
        problems.add(mark, path, f"{value!r} is not allowed; it must match {shape.pattern}")
    elif shape.syntax is not None:
        try:
            shape.syntax(value)
        except ValueError as error:
            problems.add(mark, path, str(error))


def _check_keys(value: dict[str, Any], shape: Shape, path: str, problems: Problems) -> None:
    known = shape.keys or {}
    marks = value.marks if isinstance(value, Map) else {}
    for key, entry in value.items():
        below = known.get(key)
        if below is not None:
            here = f"{path}.{key}" if path else key
            _check(entry, below, here, marks.get(key), problems)
        elif not key.startswith("x-"):
            problems.add(
                marks.get(key),
                f"{path}.{key}" if path else key,
                "unknown attribute",
                nearest(key, known) or _listed(known),
            )


def _check_values(value: dict[str, Any], shape: Shape, path: str, problems: Problems) -> None:
    below = shape.values
    assert below is not None
    marks = value.marks if isinstance(value, Map) else {}
    for key, entry in value.items():
        if shape.names is not None and not shape.names.match(key):
            problems.add(
                marks.get(key),
                f"{path}.{key}",
                f"{key!r} is no name; letters, digits, dots, dashes and underscores are allowed",
            )
        _check(entry, below, f"{path}.{key}", marks.get(key), problems)


def check_needs(
    value: Any, problems: Problems, shape: Shape = FILE, path: str = "", mark: Mark | None = None
) -> None:
    """Note each mapping of a merged model that lacks a key which it must have."""
    if isinstance(value, dict):
        for key in shape.needs:
            if key not in value:
                problems.add(mark, path, f"{key} is missing")
        marks = value.marks if isinstance(value, Map) else {}
        for key, entry in value.items():
            below = shape.keys.get(key) if shape.keys is not None else shape.values
            if below is not None and isinstance(entry, (dict, list)):
                here = f"{path}.{key}" if path else key
                check_needs(entry, problems, below, here, marks.get(key, mark))
    elif isinstance(value, list) and shape.items is not None and shape.items.keys is not None:
        for index, (entry, at) in enumerate(entries(value)):
            if isinstance(entry, dict):
                check_needs(entry, problems, shape.items, f"{path}[{index}]", at or mark)


def _shown(value: Any) -> str:
    if value is None:
        return "null (no value)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the number {value}" if isinstance(value, (int, float)) else repr(value)
