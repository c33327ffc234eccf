"""Patterns of ``.dockerignore`` files, as Docker's builds read them.

``*``, ``?`` and ``[…]`` match within one name, ``**`` any number of folders, ``!`` takes back what
an earlier pattern matched. What matches a folder matches all that is in it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from composer.errors import ComposerError


class _Pattern(NamedTuple):
    expression: re.Pattern[str]
    takes_back: bool


class Patterns:
    """Matches paths relative to the folder that the patterns were written for."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = [made for line in lines if (made := _read(line)) is not None]

    def match(self, path: str) -> bool:
        """Whether ``path`` (relative, with slashes) or a folder that it is in is matched.

        The last pattern that says something about it decides.
        """
        parts = path.split("/")
        names = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        matched = False
        for pattern in self._patterns:
            if pattern.takes_back == matched and any(map(pattern.expression.fullmatch, names)):
                matched = not pattern.takes_back
        return matched


def _read(line: str) -> _Pattern | None:
    text = line.strip()
    takes_back = text.startswith("!")
    text = text.removeprefix("!").strip()
    if not text:
        return None
    cleaned = posixpath.normpath(text).lstrip("/")
    try:
        return _Pattern(re.compile(_expression(cleaned), re.DOTALL), takes_back)
    except re.error as error:
        raise ComposerError(
            f"{line.strip()!r} is no pattern: {error}",
            hint="[…] needs its end, and a backslash something behind it",
        ) from error


def _expression(pattern: str) -> str:
    """The regular expression for a cleaned pattern."""
    made = ""
    index = 0
    while index < len(pattern):
        char = pattern[index]
        if pattern.startswith("**/", index):
            made += "(?:.*/)?"
            index += 3
            continue
        if pattern.startswith("**", index):
            made += ".*"
            index += 2
            continue
        if char == "[":
            end = pattern.find("]", index + 2)
            if end < 0:
                raise re.error("a [ without its ]")
            inside = pattern[index + 1 : end].replace("[", r"\[")
            made += f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
            index = end + 1
            continue
        if char == "\\" and index + 1 < len(pattern):
            index += 1
            made += re.escape(pattern[index])
        else:
            made += {"*": "[^/]*", "?": "[^/]"}.get(char) or re.escape(char)
        index += 1
    return made


IGNORE_FILES = (".containerignore", ".dockerignore")


def ignore_file(context: Path, dockerfile: str | None) -> Sequence[str]:
    """The lines of the file that says what of a build context does not count; empty without one.

    One that is named after the Dockerfile comes first. Raises ``ComposerError`` for one that cannot
    be read.
    """
    own = context / f"{dockerfile or 'Dockerfile'}.dockerignore"
    for path in (own, *(context / name for name in IGNORE_FILES)):
        try:
            text = path.read_text(errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise ComposerError(f"cannot read {path}: {error.strerror}") from error
        lines = text.removeprefix("\ufeff").splitlines()
        return [line for line in lines if not line.startswith("#")]
    return ()
