"""What a value of a Compose file may look like, and how ``config`` prints it.

A ``Shape`` says which scalars are accepted, what the entries of a list or mapping look like, and
which function checks a scalar and gives its canonical value. ``composer.spec.schema`` builds the
whole specification from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from composer.spec import units

Syntax = Callable[[Any], Any]
"""Gives the canonical value of a scalar; raises ``ValueError`` that says what is wrong with it."""

Extensions = Literal["kept", "dropped", "refused"]
"""What becomes of ``x-`` keys: printed, allowed but not printed, or not allowed."""

NAME = re.compile(r"[a-zA-Z0-9._-]+\Z")

_SAID = {str: "text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}


class Shape:
    """One place of the specification. See the module for what the parts mean.

    ``keys`` are the known keys of a mapping, in the order in which they are printed; ``values`` is
    the shape of all values of a mapping whose keys the user invents; ``items`` that of a list's
    entries, no two of which may be equal if ``unique``. ``needs`` are the keys that a mapping of a
    merged model must have. ``extensions`` is what becomes of its ``x-`` keys. ``hint`` says in
    words what ``pattern`` takes.
    """

    __slots__ = (
        "accepts",
        "choices",
        "extensions",
        "hint",
        "items",
        "keep",
        "keys",
        "names",
        "needs",
        "pattern",
        "syntax",
        "unique",
        "values",
    )

    def __init__(
        self,
        *accepts: type,
        items: Shape | None = None,
        keys: Mapping[str, Shape] | None = None,
        values: Shape | None = None,
        names: re.Pattern[str] | None = None,
        needs: tuple[str, ...] = (),
        choices: tuple[str, ...] = (),
        pattern: str | None = None,
        hint: str | None = None,
        syntax: Syntax | None = None,
        unique: bool = False,
        extensions: Extensions = "kept",
        keep: bool | None = None,
    ) -> None:
        self.accepts = frozenset(accepts)
        self.items = items
        self.keys = keys
        self.values = values
        self.names = names
        self.needs = needs
        self.choices = choices
        self.pattern = pattern
        self.hint = hint
        self.syntax = syntax
        self.unique = unique
        self.extensions = extensions
        self.keep = keys is not None if keep is None else keep
        """Whether an empty value is printed (Docker Compose has a pointer there)."""

    def said(self) -> str:
        """What is allowed, in words."""
        words = [
            _SAID[kind] for kind in (str, bool, int, float, type(None)) if kind in self.accepts
        ]
        if self.items is not None:
            words.append("a list")
        if self.keys is not None or self.values is not None:
            words.append("a mapping")
        words = list(dict.fromkeys(words))
        return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def scalar(*accepts: type, syntax: Syntax | None = None, keep: bool = False) -> Shape:
    """A shape for scalars of these types."""
    return Shape(*accepts, syntax=syntax, keep=keep)


TEXT = scalar(str)
NULLABLE_TEXT = scalar(str, type(None))
BOOL = scalar(bool, str, syntax=units.boolean)
FLAG = scalar(bool, str, syntax=units.boolean, keep=True)
"""A boolean of which Docker Compose keeps a ``false``."""
INT = scalar(int, float, str, syntax=units.integer)
COUNT = scalar(int, str, syntax=units.integer)
KEPT_COUNT = scalar(int, str, syntax=units.integer, keep=True)
FLOAT = scalar(int, float, str, syntax=units.number)
SIZE = scalar(int, float, str, syntax=units.size_text)
MEMORY = scalar(str, syntax=units.size_text)
DURATION = scalar(str, syntax=units.duration_text, keep=True)
PLAIN_TEXT = scalar(str, int, float, bool, type(None), syntax=units.text)
"""A value of a label and the like: any scalar, turned into text."""
OPTION = scalar(str, int, float, type(None), syntax=units.text)


def option_text(value: Any) -> Any:
    """The text of a scalar; None stays None (a variable without a value)."""
    return None if value is None else units.text(value)


VARIABLE = scalar(str, int, float, bool, type(None), syntax=option_text)

TEXTS = Shape(items=TEXT)
TEXT_OR_TEXTS = Shape(str, items=TEXT)
UNIQUE_TEXTS = Shape(items=TEXT, unique=True)
OPTIONS = Shape(values=OPTION)
PAIRS = Shape(items=TEXT, values=PLAIN_TEXT)
"""``KEY=VALUE`` entries or a mapping (labels, annotations, sysctls)."""
VARIABLES = Shape(items=TEXT, values=VARIABLE)
"""The same for the environment and build arguments, where a key can lack a value."""
NUMBER_OR_TEXT = scalar(str, int, float, syntax=units.text)


def choice(*words: str) -> Shape:
    """Text that is one of ``words``."""
    return Shape(str, choices=words)


def struct(
    keys: Mapping[str, Shape],
    *accepts: type,
    needs: tuple[str, ...] = (),
    extensions: Extensions = "kept",
    keep: bool = True,
) -> Shape:
    """A mapping with these keys; or a scalar of the types ``accepts``, its short form."""
    return Shape(*accepts, keys=keys, needs=needs, extensions=extensions, keep=keep)
