"""Merges streams of lines in order of time, holding no more of each than the merge needs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import itemgetter

Batch = tuple[Sequence[bytes], Sequence[bytes]]
"""Times and lines, as many of the one as of the other."""

_by_time = itemgetter(0)


class _Window:
    """The lines of one stream that are read and not yet passed on."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._times: list[bytes] = []
        self._lines: list[bytes] = []
        self._last = b""
        self.open = True

    @property
    def last(self) -> bytes:
        """The newest time read. Later lines of this stream are not older."""
        return self._last

    @property
    def holds(self) -> bool:
        """Whether lines are left to take."""
        return bool(self._lines)

    def read(self) -> None:
        """Read one more batch, or find that there is none."""
        batch = next(self._batches, None)
        if batch is None:
            self.open = False
            return
        times, lines = batch
        if not times:
            return
        # A clock that was set back must not change the order of a container's own lines.
        rising = list(accumulate(times, max, initial=self._last))[1:]
        self._times += rising
        self._lines += lines
        self._last = rising[-1]

    def take(self, before: bytes | None) -> list[tuple[bytes, bytes]]:
        """Remove and return the lines older than ``before`` (None: all), with their times."""
        cut = len(self._times) if before is None else bisect_left(self._times, before)
        taken = list(zip(self._times[:cut], self._lines[:cut], strict=True))
        del self._times[:cut], self._lines[:cut]
        return taken


def _join(parts: Sequence[list[tuple[bytes, bytes]]]) -> bytes:
    """The lines of all parts in order of time; equal times keep the order of the parts."""
    lines = [pair for part in parts for pair in part]
    if len(parts) > 1:
        lines.sort(key=_by_time)
    return b"".join([line for _, line in lines])


def merge(streams: Iterable[Iterator[Batch]]) -> Iterator[bytes]:
    """Yield the lines of all ``streams`` in order of time, joined into large pieces.

    Times are compared as bytes. Where they are equal the order of ``streams`` decides. The
    stream that is furthest behind is read next, so memory is bounded by the size of a batch
    (and by the number of lines that share one time).
    """
    windows = [_Window(stream) for stream in streams]
    for window in windows:
        window.read()
    while windows:
        live = [window for window in windows if window.open]
        horizon = min((window.last for window in live), default=None)
        parts = [part for part in (window.take(horizon) for window in windows) if part]
        if parts:
            yield _join(parts)
        windows = [window for window in windows if window.open or window.holds]
        if live:
            min(live, key=lambda window: window.last).read()
