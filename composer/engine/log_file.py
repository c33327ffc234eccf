"""Podman's log files (``k8s-file``) → whole lines with their times.

An entry is ``TIME stdout|stderr F|P TEXT``; ``P`` marks a piece of a line that is not yet whole.
"""

from __future__ import annotations

from composer.engine.api import LogLine, LogStream
from composer.engine.log_frames import TimeNormaliser

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
