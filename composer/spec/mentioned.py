"""Finds the variables that a Compose file mentions, with what it says of each (``--variables``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from composer.spec.template import Mention, TemplateError, parts


class Wanted(NamedTuple):
    """A variable, and what the file has in its place."""

    name: str
    default: str = ""
    """Its text when the variable is not set: ``${A:-default}``, ``${A-default}``."""
    alternate: str = ""
    """Its text when the variable is set: ``${A:+alternate}``, ``${A+alternate}``."""
    required: bool = False
    """Whether the file cannot do without: ``${A:?message}``, ``${A?message}``."""


def mentioned(tree: Any) -> dict[str, Wanted]:
    """The variables in all texts of ``tree``, in which nothing was interpolated, sorted by name.

    One that is mentioned several times is required if one mention says so, and has the first
    default and the first alternate that are said. Of a text with a malformed variable, those before
    it are given.
    """
    found: dict[str, Wanted] = {}
    for text in _texts(tree):
        for name, operator, word in _mentions(text):
            kind = operator[-1:]
            known = found.get(name, Wanted(name))
            found[name] = Wanted(
                name,
                default=known.default or (word if kind == "-" else ""),
                alternate=known.alternate or (word if kind == "+" else ""),
                required=known.required or kind == "?",
            )
    return dict(sorted(found.items()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "$" in value:
            yield value
    elif isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _texts(entry)


def _mentions(text: str) -> Iterator[Mention]:
    """The variables of a text, and those of their defaults, alternates and messages."""
    with suppress(TemplateError):
        for part in parts(text):
            if isinstance(part, Mention):
                yield part
                yield from _mentions(part.word)
