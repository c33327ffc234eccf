"""Which files the names on a command line mean: files, folders with files, standard input."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from composer.errors import ComposerError
from composer.spec.discovery import Source
from composer.spec.files import read_input, read_text, shown
from composer.spec.variables import absolute

ENDINGS = (".yaml", ".yml", ".json")
"""How the files of a folder end that are read."""


def sources(names: Sequence[str]) -> tuple[Source, ...]:
    """The files that ``names`` mean; of a folder all that end in YAML's or JSON's way, sorted.

    ``-`` is standard input. Raises ``ComposerError`` for what is not there.
    """
    found: dict[str, Source] = {}
    for name in names:
        if name == "-":
            found["-"] = Source("-", "stdin")
            continue
        path = absolute(name)
        if os.path.isdir(path):  # noqa: PTH112 - does not raise for a name that is no name
            inside = sorted(p for p in Path(path).iterdir() if p.suffix in ENDINGS)
            if not inside:
                raise ComposerError(
                    f"there is no manifest in the folder {name}",
                    hint=f"its files end in none of {', '.join(ENDINGS)}",
                )
            found |= {str(p): Source(str(p), shown(str(p))) for p in inside}
        else:
            found[path] = Source(path, shown(path))
    return tuple(found.values())


def text_of(source: Source) -> str:
    """The text of a file. Raises ``ComposerError``."""
    return read_input() if source.path == "-" else read_text(source.path, source.shown)
