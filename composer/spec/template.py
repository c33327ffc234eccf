"""Variables in text: ``$A``, ``${A}``, and with a default (``${A:-b}``, ``${A-b}``), a message if
missing (``${A:?e}``, ``${A?e}``) or a replacement (``${A:+r}``, ``${A+r}``).

The default, message or replacement may hold variables itself. ``$$`` is a dollar sign. This is the
specification's chapter "Interpolation".
"""

from __future__ import annotations

import re
from collections.abc import Callable

Lookup = Callable[[str], "str | None"]
"""The value of a variable, or None when it is not set."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


class TemplateError(ValueError):
    """Text with a variable that is malformed, or that is required and not there."""


def substitute(text: str, lookup: Lookup, missing: Callable[[str], None] | None = None) -> str:
    """``text`` with its variables replaced.

    ``missing`` is told the name of each variable that is not set and has no default; its value is
    empty. Raises ``TemplateError``.
    """
    out: list[str] = []
    at = 0
    while True:
        dollar = text.find("$", at)
        if dollar < 0:
            out.append(text[at:])
            return "".join(out)
        out.append(text[at:dollar])
        following = text[dollar + 1 : dollar + 2]
        if following == "$":
            out.append("$")
            at = dollar + 2
        elif following == "{":
            end = _closing(text, dollar + 2)
            out.append(_braced(text[dollar + 2 : end], text, lookup, missing))
            at = end + 1
        else:
            name = _NAME.match(text, dollar + 1)
            if name is None:  # a dollar sign that no name follows is just that
                out.append("$")
                at = dollar + 1
            else:
                out.append(_value(name.group(), lookup, missing))
                at = name.end()


def _invalid(text: str) -> TemplateError:
    return TemplateError(f"{text!r} has a variable that is malformed; write $$ for a dollar sign")


def _closing(text: str, start: int) -> int:
    """The index of the brace that closes the one before ``start``."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            if depth == 0:
                return at
            depth -= 1
    raise _invalid(text)


def _value(name: str, lookup: Lookup, missing: Callable[[str], None] | None) -> str:
    value = lookup(name)
    if value is not None:
        return value
    if missing is not None:
        missing(name)
    return ""


def _braced(body: str, text: str, lookup: Lookup, missing: Callable[[str], None] | None) -> str:
    name = _NAME.match(body)
    if name is None:
        raise _invalid(text)
    rest = body[name.end() :]
    if not rest:
        return _value(body, lookup, missing)
    operator = next((known for known in _OPERATORS if rest.startswith(known)), None)
    if operator is None:
        raise _invalid(text)
    word = rest[len(operator) :]
    value = lookup(name.group())
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
    raise TemplateError(f"required variable {name.group()} is missing a value{reason}")
