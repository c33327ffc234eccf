"""Words and values as unit files have them (systemd.syntax(7), systemd.service(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[\w@%+=:,./^~{}\[\]#!*?()&|<>-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_RAW = re.compile(r"[^\s\\](?:[^\n\r\\]*[^\s\\])?")

NOTHING = "${NOTHING}"
"""An empty word: Quadlet takes one for the end of the line, while systemd makes one of a variable
that is empty. The service sets it."""


def escaped(text: str) -> str:
    """``text`` so that systemd reads it as it is: no specifiers, no variables."""
    return text.replace("%", "%%").replace("$", "$$")


def word(text: str) -> str:
    """One word of a command or list. Specifiers and variables in it have been seen to."""
    if not text:
        return '""'
    if _PLAIN.fullmatch(text):
        return text
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'


def words(texts: Iterable[str]) -> str:
    """Several words."""
    return " ".join(word(text) for text in texts)


def raw(text: str) -> bool:
    """Whether a value can stand for itself: one line, nothing at its ends that would be cut."""
    return _RAW.fullmatch(text) is not None
