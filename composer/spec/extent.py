"""Refuses YAML with too many values, or too deep ones, before it is parsed into nodes.

Nodes take many times the memory of their text, and the parser's own stack ends the process when it
overflows. Texts that cannot be too much, which are nearly all, are told apart by counting signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from composer.errors import FileError
from composer.spec.tree import Mark, fail

VALUE_LIMIT = 250_000
"""How many values (keys, too) a file may have."""

DEPTH_LIMIT = 200
"""How deeply values can be nested."""

_SIGNS = ("\n", ",", "[", "{", ": ", "- ", "? ")
"""One of these stands before each value but the first."""

_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_LONG_LINE = 2 * DEPTH_LIMIT
_FAR_RIGHT = f"[ ?:-]{{{DEPTH_LIMIT // 2}}}"


def check_extent(text: str, file: str, parser: Callable[[str], Any]) -> None:
    """Raise ``FileError`` if ``text`` is too much. ``parser`` makes a parser that gives events."""
    if not _could_be_many(text) and not _could_be_deep(text):
        return
    events = parser(text)
    depth = count = 0
    while events.check_event():
        event = events.get_event()
        if isinstance(event, yaml.NodeEvent):
            count += 1
            if count > VALUE_LIMIT:
                raise fail(
                    place(event.start_mark, file),
                    "",
                    f"too many values; a file can have {VALUE_LIMIT}",
                )
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEPTH_LIMIT:
                    raise too_deep(place(event.start_mark, file))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def place(at: Any, file: str) -> Mark:
    """The place that PyYAML's mark ``at`` stands for."""
    return (file, at.line + 1, at.column + 1) if at else (file, 1, 1)


def too_deep(mark: Mark) -> FileError:
    """The error for values that are nested too deeply."""
    return fail(mark, "", f"nested too deeply; {DEPTH_LIMIT} levels are allowed")


def _could_be_many(text: str) -> bool:
    """Whether there might be too many values; a line with a key has two."""
    return len(text) > VALUE_LIMIT and sum(map(text.count, _SIGNS)) * 2 > VALUE_LIMIT


def _could_be_deep(text: str) -> bool:
    """Whether values might be nested too deeply for the parser.

    Without brackets each level is further to the right than the one above, but for lists, which
    can stand below their key: depth takes long lines.
    """
    if text.count("[") + text.count("{") - text.count("${") > DEPTH_LIMIT:
        depth = 0
        for bracket in text.encode("utf-8", "replace").translate(None, _NO_BRACKETS):
            depth += 1 if bracket in b"[{" else -1
            if depth > DEPTH_LIMIT:
                return True
            depth = max(depth, 0)
    return _has_long_line(text) and re.search(_FAR_RIGHT, text) is not None


def _has_long_line(text: str) -> bool:
    start = 0
    while len(text) - start > _LONG_LINE:
        end = text.rfind("\n", start, start + _LONG_LINE)
        if end < 0:
            return True
        start = end + 1
    return False
