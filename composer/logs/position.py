"""How far the log of a container is shown, so that a second stream goes on exactly there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from composer.engine.api import LogLine


class Position:
    """The place in one container's log up to which its lines are shown.

    Engines tell times in whole seconds or finer, so lines that share the newest time are counted.
    ``since`` is where to ask for the next stream from: the newest time, or at first what is given.
    """

    def __init__(self, since: str | None) -> None:
        self.since = since
        self._newest = b""
        self._count = 0

    def passed(self, lines: Sequence[LogLine]) -> None:
        """Note that ``lines`` are shown."""
        newest = lines[-1].time
        if newest != self._newest:
            self._newest, self._count = newest, 0
            self.since = newest.decode()
        self._count += sum(line.time == newest for line in lines)

    def repeats(self) -> Repeats:
        """What a new stream that is asked for from ``since`` on may repeat."""
        return Repeats(self._newest, self._count)


class Repeats:
    """The lines at the start of a new stream that the stream before it has shown."""

    def __init__(self, newest: bytes, count: int) -> None:
        self._newest = newest
        self._left = count

    def drop(self, lines: list[LogLine]) -> list[LogLine]:
        """``lines`` without those that were shown. Takes the batches of one stream in turn."""
        if not self._left:
            return lines
        fresh = []
        for line in lines:
            if self._left and line.time <= self._newest:
                self._left -= line.time == self._newest
            else:
                self._left = 0
                fresh.append(line)
        return fresh
