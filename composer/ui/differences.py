"""Unified differences for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from composer.printable import printable

_COLOURS = {"+++": "1", "---": "1", "@@": "36", "+": "32", "-": "31"}
"""By the start of a line, the longer before the shorter: how it is shown (SGR)."""


def coloured(lines: Sequence[str], *, colour: bool) -> str:
    """``lines`` of unified text, each ended; nothing in them steers a terminal."""
    shown = [printable(line, "\t") for line in lines]
    if colour:
        shown = [_painted(line) for line in shown]
    return "".join(f"{line}\n" for line in shown)


def _painted(line: str) -> str:
    for start, code in _COLOURS.items():
        if line.startswith(start):
            return f"\x1b[{code}m{line}\x1b[0m"
    return line
