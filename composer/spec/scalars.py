"""What a plain scalar means: YAML 1.2's core schema, as Docker Compose reads it.

PyYAML speaks YAML 1.1, in which ``22:22``, ``yes``, ``on`` are not text.
"""

from __future__ import annotations

import re
from typing import Any

_INTEGER = re.compile(r"[-+]?(0[bB][01_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER_STARTS = frozenset("0123456789+-.")
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_DIGITS = 400
"""More than any number has that is not infinite."""


def plain(text: str) -> Any:
    """The value of a plain (unquoted) scalar: None, a bool, an int, a float or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _DIGITS:
        return text
    if _INTEGER.match(text):
        return _integer(text)
    if _FLOAT.match(text):
        return _finite(text.replace("_", ""), text)
    return text


def _integer(text: str) -> Any:
    """A whole number of up to 64 bits; beyond them a decimal one has a fraction, others are text,
    as in Go."""
    digits = text.replace("_", "").lower()
    body = digits.lstrip("+-")
    try:
        if len(body) > 1 and body[0] == "0" and body.isdecimal():
            value = int(digits.replace(body, body[1:], 1), 8)  # 0440, as Docker Compose reads it
        else:
            value = int(digits, 0)
        if _SMALLEST <= value <= _LARGEST:
            return value
    except ValueError:
        pass
    return _finite(digits, text) if body.isdecimal() else text


def _finite(digits: str, text: str) -> Any:
    value = float(digits)
    return text if value in (float("inf"), float("-inf")) else value
