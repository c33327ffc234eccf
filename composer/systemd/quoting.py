"""Words and values as unit files have them (systemd.syntax(7), systemd.service(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable

from composer.errors import ComposerError

_PLAIN = re.compile(r"[\w@%+=:,./^~{}\[\]#!*?()&|<>-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SPECIAL = re.compile(r'["\\\x01-\x1f\x7f-\x9f\u2028\u2029]')
_RAW = re.compile(r"[^\s\\](?:[^\\\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\\])?")

VARIABLES = {"": "NOTHING", ";": "SEMICOLON"}
"""Words that Quadlet takes for the end of the line and leaves to systemd as the end of a command:
variables of the service stand for them."""


def escaped(text: str) -> str:
    """``text`` so that systemd reads it as it is: no specifiers, no variables."""
    return text.replace("%", "%%").replace("$", "$$")


def word(text: str) -> str:
    """One word of a command or list. Specifiers and variables in it have been seen to."""
    if "\0" in text:
        raise ComposerError(
            f"{text[:40]!r}: a zero byte cannot be in a unit", hint="put such a text into a config"
        )
    if not text:
        return '""'
    if _PLAIN.fullmatch(text):
        return text
    return '"' + _SPECIAL.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return _ESCAPES.get(letter) or "".join(f"\\x{byte:02x}" for byte in letter.encode())


def words(texts: Iterable[str]) -> str:
    """Several words."""
    return " ".join(word(text) for text in texts)


def raw(text: str) -> bool:
    """Whether a value can stand for itself: one line, nothing at its ends that would be cut."""
    return _RAW.fullmatch(text) is not None
