"""Where log lines go: bytes, in big writes, past any text layer of Python."""

from __future__ import annotations

import os
import select
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from composer.engine.api import LogLine

ERASE = b"\x1b\\\x1b(B\x1b[m"
"""Ends whatever a line began on a terminal: a title or another string that was never finished, a
foreign character set, colours, and text made invisible."""


class Printer(Protocol):
    """Takes the finished lines. ``colour`` and ``terminal`` say what may be put around them."""

    colour: bool
    terminal: bool

    def write(self, data: bytes) -> None:
        """Print whole lines of containers and what is said about them."""

    def write_error(self, data: bytes) -> None:
        """Print lines that a container wrote to its standard error."""


class StreamPrinter:
    """Prints to two binary streams, such as ``sys.stdout.buffer`` and ``sys.stderr.buffer``."""

    def __init__(self, out: BinaryIO, error: BinaryIO, *, colour: bool) -> None:
        self.colour = colour
        self.terminal = out.isatty()
        self._out = out
        self._error = error

    def write(self, data: bytes) -> None:
        """Write ``data`` to the first stream. Raises BrokenPipeError when nobody reads it."""
        _write_all(self._out, data)

    def write_error(self, data: bytes) -> None:
        """Write ``data`` to the second stream."""
        _write_all(self._error, data)


def _write_all(stream: BinaryIO, data: bytes) -> None:
    """Write to the descriptor itself, so that nothing is left in a buffer if the reader leaves."""
    stream.flush()
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(stream.fileno(), rest) :]
        except BlockingIOError:
            # Whoever shares the terminal has made it non-blocking.
            select.select([], [stream], [])


def with_ends(lines: Sequence[LogLine], *, terminal: bool, timestamps: bool) -> list[bytes]:
    """The bytes of ``lines``, each with its end and, if wanted, its time.

    On a terminal, a line with control sequences also ends their effect.
    """
    if terminal:
        texts = [line.text + (ERASE + b"\n" if b"\x1b" in line.text else b"\n") for line in lines]
    else:
        texts = [line.text + b"\n" for line in lines]
    if not timestamps:
        return texts
    return [b"%b %b" % (line.time, text) for line, text in zip(lines, texts, strict=True)]
