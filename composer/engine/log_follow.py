"""Follows the log file of a container on this machine until the container's end is read.

Podman 4.3's API cuts a followed log off a quarter of a second after the container's end, however
much of it is left to send, and tells times in whole seconds. The file has it all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from composer.engine.detail import inspect
from composer.engine.libpod import Libpod, filters
from composer.engine.log_file import FileReader

if TYPE_CHECKING:
    from composer.engine.api import LogLine
    from composer.engine.detail import Inspected

_POLL_SECONDS = 0.1
_BLOCK = 1 << 20
_ALIVE = ("running", "paused", "stopping")


def follow_file(
    libpod: Libpod,
    inspected: Inspected,
    path: Path,
    *,
    since: bytes,
    tail: int | None,
    stop: Callable[[], bool] | None,
) -> Iterator[list[LogLine]]:
    """The lines of ``path`` from ``since`` (a normalised time) on, the last ``tail`` of those that
    are there, and all that come until the container ended.

    The file is looked at ten times a second.
    """
    log = _GrowingLog(path)
    unwanted = stop or _never
    with closing(log):
        yield _since(log.skip_to_tail(tail) if tail is not None else [], since)
        yield from _batches(log, since)
        if inspected.state.status in _ALIVE:
            for _ in _life(libpod, inspected.id):
                if unwanted():
                    return
                yield from _batches(log, since)
            yield from _batches(log, since)
        yield _since(log.finish(), since)


def _life(libpod: Libpod, container: str) -> Iterator[None]:
    """Yields ten times a second until the container has died: GET /libpod/events.

    Waiting for an event costs Podman next to nothing; ``wait`` makes it look at the container all
    the time, and answers with not a byte before the end.
    """
    wanted = filters({"container": [container], "event": ["died"]})
    with libpod.stream("GET", "/events", {"stream": True, "filters": wanted}) as deaths:
        # It may have died while nobody listened yet.
        if inspect(libpod, container).state.status in _ALIVE:
            while deaths.read(_POLL_SECONDS) is None:
                yield


def _batches(log: _GrowingLog, since: bytes) -> Iterator[list[LogLine]]:
    while (lines := log.read()) is not None:
        if kept := _since(lines, since):
            yield kept


def _never() -> bool:
    return False


def _since(lines: list[LogLine], since: bytes) -> list[LogLine]:
    return [line for line in lines if line.time >= since] if since else lines


class _GrowingLog:
    """A log file that its container still writes to, and that may be replaced as it grows old."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader = FileReader()
        self._file = path.open("rb")

    def close(self) -> None:
        self._file.close()

    def read(self) -> list[LogLine] | None:
        """What the next block of the file completes; None when there is no more at present."""
        data = self._file.read(_BLOCK)
        if not data and self._replaced():
            # What came between the last look and the replacement is still in the old file.
            data = self._file.read(_BLOCK)
            if not data:
                self._file.close()
                self._file = self._path.open("rb")
                data = self._file.read(_BLOCK)
        return self._reader.feed(data) if data else None

    def finish(self) -> list[LogLine]:
        """The line that the end of the log cut off, if it did."""
        return self._reader.finish()

    def skip_to_tail(self, count: int) -> list[LogLine]:
        """Read to the end of what is there; the last ``count`` whole lines of it.

        Reads from the end backwards, ever more until that is enough.
        """
        size = os.fstat(self._file.fileno()).st_size
        wanted = _BLOCK
        while True:
            start = max(0, size - wanted)
            self._reader = FileReader()
            lines = self._reader.feed(_from_entry(self._file, start, size))
            if start == 0 or len(lines) > count:
                return lines[max(0, len(lines) - count) :]
            wanted *= 2

    def _replaced(self) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        return there.st_ino != os.fstat(self._file.fileno()).st_ino


def _from_entry(file: BinaryIO, start: int, end: int) -> bytes:
    """The bytes from ``start`` to ``end``, from the first entry on that begins there."""
    file.seek(start)
    data = file.read(end - start)
    return data[data.find(b"\n") + 1 :] if start else data
