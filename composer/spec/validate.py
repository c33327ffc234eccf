"""Checks the structure of a file against the schema: known keys, types, and syntaxes of scalars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from composer.spec import units
from composer.spec.schema import FILE
from composer.spec.shapes import Shape
from composer.spec.tree import UNKNOWN, Map, Mark, Problems, entries

_LISTED = 12
_LONGEST = 100
"""How many characters a word has that may be misspelt."""


def validate(
    root: Any,
    problems: Problems,
    *,
    variables_left: bool = False,
    syntax: bool = True,
    shape: Shape = FILE,
    path: str = "",
    mark: Mark | None = None,
) -> None:
    """Note in ``problems`` everything in the file ``root`` that the schema does not allow.

    ``root`` may also be what stands at ``path``, if ``shape`` is the schema of that.

    What only a whole, merged model must have (``Shape.needs``) is ``check_needs``'s matter. With
    ``variables_left`` (nothing was interpolated) a text with variables passes where texts do.
    Without ``syntax`` nobody looks into texts.
    """
    _Checker(problems, variables_left, syntax).check(root, shape, path, mark)


def nearest(word: str, known: Any) -> str | None:
    """A hint that names the nearest of the ``known`` words, or None."""
    found = close(word, known)
    return f"did you mean {found}?" if found else None


def close(word: str, known: Iterable[str]) -> str | None:
    """The nearest of the (first thousand) ``known`` words, or None if none is near."""
    from difflib import get_close_matches  # needed for errors only
    from itertools import islice

    if len(word) > _LONGEST:
        return None
    return next(iter(get_close_matches(word, islice(known, 1000), n=1, cutoff=0.6)), None)


def _listed(known: Mapping[str, Shape]) -> str | None:
    """The known keys, unless they are too many to be of help."""
    return f"known here: {', '.join(sorted(known))}" if len(known) <= _LISTED else None


class _Checker:
    """Walks a file along the schema and notes what does not fit."""

    def __init__(self, problems: Problems, variables_left: bool, syntax: bool) -> None:
        self.problems = problems
        self.variables_left = variables_left
        self.syntax = syntax

    def check(self, value: Any, shape: Shape, path: str, mark: Mark | None) -> None:
        if isinstance(value, dict):
            if shape.keys is not None:
                self.keys(value, shape, shape.keys, path)
                return
            if shape.values is not None:
                self.values(value, shape, path)
                return
        elif isinstance(value, list):
            if shape.items is not None:
                self.items(value, shape, path, mark)
                return
        elif type(value) in shape.accepts:
            if self.variables_left and isinstance(value, str) and "$" in value:
                return
            self.scalar(value, shape, path, mark)
            return
        if value is not UNKNOWN:
            text = f"{_shown(value)} is not allowed; {shape.said()} is expected"
            self.problems.add(mark, path, text, _as_text(value, shape))

    def items(self, value: list[Any], shape: Shape, path: str, mark: Mark | None) -> None:
        assert shape.items is not None
        said: set[Any] = set()
        for index, (entry, at) in enumerate(entries(value)):
            here = f"{path}[{index}]"
            self.check(entry, shape.items, here, at or mark)
            if shape.unique and not isinstance(entry, (dict, list)):
                if entry in said:
                    self.problems.add(at or mark, here, f"{entry!r} is said twice")
                said.add(entry)

    def scalar(self, value: Any, shape: Shape, path: str, mark: Mark | None) -> None:
        if shape.choices and value not in shape.choices and not _fits(value, shape.pattern):
            self.problems.add(
                mark,
                path,
                f"{value!r} is not allowed; {', '.join(shape.choices)} can be said",
                nearest(str(value), shape.choices),
            )
        elif shape.pattern is not None and not _fits(value, shape.pattern):
            self.problems.add(
                mark,
                path,
                f"{value!r} is not allowed; it must match {shape.pattern}",
                shape.hint,
            )
        elif shape.syntax is not None and self.syntax:
            try:
                found = shape.syntax(value)
            except ValueError as error:
                self.problems.add(mark, path, str(error))
                return
            if found.__class__ is bool and value.__class__ is str:
                self.word(value, found, path, mark)

    def word(self, value: str, found: bool, path: str, mark: Mark | None) -> None:
        """Warn of a word that was a boolean before YAML 1.2."""
        meant = "true" if found else "false"
        if value.lower() != meant:
            text = f'"{value}" for boolean is not supported by YAML 1.2, please use `{meant}`'
            self.problems.warn(mark, path, text)

    def keys(
        self, value: dict[str, Any], shape: Shape, known: Mapping[str, Shape], path: str
    ) -> None:
        marks = value.marks if isinstance(value, Map) else {}
        for key, entry in value.items():
            below = known.get(key)
            here = f"{path}.{key}" if path else key
            if below is not None:
                self.check(entry, below, here, marks.get(key))
            elif not key.startswith("x-") or shape.extensions == "refused":
                hint = None if self.problems.many else nearest(key, known) or _listed(known)
                self.problems.add(marks.get(key), here, "unknown attribute", hint)

    def values(self, value: dict[str, Any], shape: Shape, path: str) -> None:
        assert shape.values is not None
        marks = value.marks if isinstance(value, Map) else {}
        for key, entry in value.items():
            here = f"{path}.{key}"
            if shape.names is not None and not shape.names.match(key):
                self.problems.add(
                    marks.get(key),
                    here,
                    f"{key!r} is no name; letters, digits, dots, dashes, underscores are allowed",
                )
            self.check(entry, shape.values, here, marks.get(key))


def _as_text(value: Any, shape: Shape) -> str | None:
    """A hint for a number or boolean where a text is expected."""
    if str not in shape.accepts or not isinstance(value, (int, float)):
        return None
    if shape.syntax is units.duration_text:
        return f"write a unit: {units.text(value)}s"
    return f'write it in quotes: "{units.text(value)}"' if shape.syntax is None else None


def _fits(value: Any, pattern: str | None) -> bool:
    return pattern is not None and re.search(pattern, value) is not None


def _is_said(value: Any, shape: Shape) -> bool:
    return type(None) in shape.accepts if value is None else value != ""


def check_needs(
    value: Any, problems: Problems, shape: Shape = FILE, path: str = "", mark: Mark | None = None
) -> None:
    """Note each mapping of a merged model that lacks a key which it must have."""
    if isinstance(value, dict):
        for key in shape.needs:
            if not _is_said(value.get(key, ""), (shape.keys or {})[key]):
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
