"""Aligned tables without borders, as Docker prints them."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from composer.printable import printable

GAP = 3
"""Spaces between two columns."""
LEAST_WIDTH = 10
"""What a column of Docker's newer tables has at least, with its gap."""


def width(text: str) -> int:
    """The columns that ``text`` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, least: int = 0, gap: int = GAP
) -> str:
    """The lines of a table, each ended, as Docker prints them.

    ``least`` is the width that a column with its ``gap`` has at least.
    """
    everything = [header, *([printable(text) for text in row] for row in rows)]
    widths = [max(least, gap + max(map(width, column))) for column in zip(*everything, strict=True)]
    return "".join(
        "".join(
            text + " " * (total - width(text)) for text, total in zip(row, widths, strict=True)
        ).rstrip()
        + "\n"
        for row in everything
    )
