"""Variables in text: ``$A``, ``${A}``, and with a default (``${A:-b}``, ``${A-b}``), a message if
missing (``${A:?e}``, ``${A?e}``) or a replacement (``${A:+r}``, ``${A+r}``).

The default, message or replacement may hold variables itself. ``$$`` is a dollar sign. This is the
specification's chapter "Interpolation".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

Lookup = Callable[[str], "str | None"]
"""The value of a variable, or None when it is not set."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")

GROWTH_LIMIT = 8 * 2**20
"""How many characters a text may gain by its variables."""

BODY_LIMIT = 2**16
"""How many characters may stand between the braces of a variable."""

NESTING_LIMIT = 30
"""How many braces may be open at once."""


class TemplateError(ValueError):
    """Text with a variable that is malformed, or that is required and not there."""


class Mention(NamedTuple):
    """A variable in a text. ``word`` is what follows ``operator``; both are empty without one."""

    name: str
    operator: str = ""
    word: str = ""


def parts(text: str) -> Iterator[str | Mention]:
    """What ``text`` is made of: its variables, and plain text. Raises ``TemplateError``."""
    at = 0
    while True:
        dollar = text.find("$", at)
        if dollar < 0:
            if at < len(text):
                yield text[at:]
            return
        if at < dollar:
            yield text[at:dollar]
        following = text[dollar + 1 : dollar + 2]
        if following == "$":
            at = dollar + 2
            while text.startswith("$$", at):
                at += 2
            yield "$" * ((at - dollar) // 2)
        elif following == "{":
            end = _closing(text, dollar + 2)
            yield _braced(text[dollar + 2 : end], text)
            at = end + 1
        else:
            name = _NAME.match(text, dollar + 1)
            if name is None:  # a dollar sign that no name follows is just that
                yield "$"
                at = dollar + 1
            else:
                yield Mention(name.group())
                at = name.end()


def substitute(text: str, lookup: Lookup, missing: Callable[[str], None] | None = None) -> str:
    """``text`` with its variables replaced.

    ``missing`` is told the name of each variable that is not set and has no default; its value is
    empty. Raises ``TemplateError``.
    """
    out: list[str] = []
    room = len(text) + GROWTH_LIMIT
    for part in parts(text):
        said = part if isinstance(part, str) else _value(part, lookup, missing)
        room -= len(said)
        if room < 0:
            raise TemplateError(f"variables stand for more than {GROWTH_LIMIT} characters")
        out.append(said)
    return "".join(out)


def _invalid(text: str) -> TemplateError:
    return TemplateError(f"{text!r} has a variable that is malformed; write $$ for a dollar sign")


def _closing(text: str, start: int) -> int:
    """The index of the brace that closes the one before ``start``."""
    first = text.find("}", start, start + BODY_LIMIT)
    if text.find("{", start, first) < 0 <= first:
        return first
    depth = 0
    for brace in re.compile("[{}]").finditer(text, start, start + BODY_LIMIT):
        if brace.group() == "{":
            depth += 1
            if depth > NESTING_LIMIT:
                raise TemplateError(f"variables are nested more than {NESTING_LIMIT} levels deep")
        elif depth == 0:
            return brace.start()
        else:
            depth -= 1
    raise _invalid(text)


def _braced(body: str, text: str) -> Mention:
    """The variable of ``${body}`` in ``text``."""
    name = _NAME.match(body)
    if name is None:
        raise _invalid(text)
    rest = body[name.end() :]
    if not rest:
        return Mention(body)
    operator = next((known for known in _OPERATORS if rest.startswith(known)), None)
    if operator is None:
        raise _invalid(text)
    return Mention(name.group(), operator, rest[len(operator) :])


def _value(mention: Mention, lookup: Lookup, missing: Callable[[str], None] | None) -> str:
    name, operator, word = mention
    value = lookup(name)
    if not operator:
        if value is None and missing is not None:
            missing(name)
        return value or ""
    there = bool(value) if operator[0] == ":" else value is not None
    kind = operator[-1]
    if kind == "+":
        return substitute(word, lookup, missing) if there else ""
    if there:
        return value or ""
    if kind == "-":
        return substitute(word, lookup, missing)
    said = substitute(word, lookup, missing)
    reason = f": {said}" if said else ""
    raise TemplateError(f"required variable {name} is missing a value{reason}")
