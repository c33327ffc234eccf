"""What command lines say in the specification's short syntaxes, as parts of the typed model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from composer.errors import ComposerError
from composer.spec.dotenv import read_file
from composer.spec.model import Mount, Port
from composer.spec.syntax import mounts, ports, words

T = TypeVar("T")


def split_words(text: str, option: str) -> tuple[str, ...]:
    """A command line as words. Raises ``ComposerError`` that names ``option``."""
    return tuple(_read(option, words.split, text))


def published(texts: Iterable[str]) -> tuple[Port, ...]:
    """``--publish`` in the syntax of ``ports``. Raises ``ComposerError``."""
    found = [long for text in texts for long in _read("--publish", ports.expand, text)]
    return tuple(msgspec.convert(long, Port) for long in found)


def mounted(texts: Iterable[str]) -> tuple[Mount, ...]:
    """``--volume`` in the syntax of ``volumes``; relative paths start from the current folder.

    Raises ``ComposerError``.
    """
    found = []
    for text in texts:
        long = _read("--volume", mounts.expand, text)
        if long["type"] == "bind":
            long["source"] = str(Path(long["source"]).expanduser().resolve())
        found.append(msgspec.convert(long, Mount))
    return tuple(found)


def variables(
    settings: Iterable[str], files: Iterable[str], known: Mapping[str, str]
) -> dict[str, str]:
    """The variables of ``--env`` and, below them, ``--env-from-file``.

    One without a value is that of ``known``, and left out if there is none. Raises
    ``ComposerError``.
    """
    said: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if equals:
            said[name] = value
        elif name in known:
            said[name] = known[name]

    def lookup(name: str) -> str | None:
        return said.get(name, known.get(name))

    for file in files:
        for name, value in read_file(file, lookup, file).items():
            said.setdefault(name, value)
    return said


def labels(texts: Iterable[str]) -> dict[str, str]:
    """``--label KEY=VALUE``. Raises ``ComposerError``."""
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ComposerError("label must be set as KEY=VALUE", hint=f"It was {text!r}.")
        found[key] = value
    return found


def _read(option: str, expand: Callable[[str], T], text: str) -> T:
    try:
        return expand(text)
    except ValueError as error:
        raise ComposerError(f"{option}: {error}") from error
