"""Podman's log files (``k8s-file``) → whole lines with their times.

An entry is ``TIME stdout|stderr F|P TEXT``; ``P`` marks a piece of a line that is not yet whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from composer.engine.api import LogLine, LogStream
from composer.engine.log_frames import TimeNormaliser

_BLOCK = 1 << 20
_STREAMS: dict[bytes, LogStream] = {b"stdout": "stdout", b"stderr": "stderr"}


class FileReader:
    """Takes blocks of a log file and gives the lines that are whole. Used by one thread."""

    def __init__(self) -> None:
        self._rest = b""
        self._parts: dict[LogStream, list[bytes]] = {"stdout": [], "stderr": []}
        self._times: dict[LogStream, bytes] = {"stdout": b"", "stderr": b""}
        self._time_of = TimeNormaliser()

    def feed(self, block: bytes) -> list[LogLine]:
        """The lines that ``block`` completes, in order."""
        *entries, self._rest = (self._rest + block).split(b"\n")
        lines: list[LogLine] = []
        add, time_of, parts = lines.append, self._time_of, self._parts
        for entry in entries:
            fields = entry.split(b" ", 3)
            if len(fields) != 4 or fields[1] not in _STREAMS:
                continue
            stream = _STREAMS[fields[1]]
            if fields[2] != b"F" or parts[stream]:
                self._piece(stream, fields, add=lines)
            else:
                add(LogLine(stream, fields[3], time_of(fields[0])))
        return lines

    def finish(self) -> list[LogLine]:
        """The lines that were cut off by the end of the log."""
        lines = self.feed(b"\n") if self._rest else []
        for stream, parts in self._parts.items():
            if parts:
                lines.append(LogLine(stream, b"".join(parts), self._times[stream]))
                parts.clear()
        return lines

    def _piece(self, stream: LogStream, fields: list[bytes], add: list[LogLine]) -> None:
        parts = self._parts[stream]
        if not parts:
            self._times[stream] = self._time_of(fields[0])
        parts.append(fields[3])
        if fields[2] == b"F":
            add.append(LogLine(stream, b"".join(parts), self._times[stream]))
            parts.clear()


class LogFile:
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


def between(lines: list[LogLine], since: bytes, until: bytes = b"") -> list[LogLine]:
    """Those of ``lines`` from ``since`` to ``until``, normalised times. Empty: no limit."""
    if not since and not until:
        return lines
    return [line for line in lines if line.time >= since and not (until and line.time > until)]


def _from_entry(file: BinaryIO, start: int, end: int) -> bytes:
    """The bytes from ``start`` to ``end``, from the first entry on that begins there."""
    file.seek(start)
    data = file.read(end - start)
    return data[data.find(b"\n") + 1 :] if start else data
