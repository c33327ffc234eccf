"""The bytes of GET /libpod/containers/{name}/logs → whole lines.

Podman wraps each piece of output in a frame: the stream's number, three zero bytes, the length (big
endian, four bytes), the text. A line may come in several pieces, of which only the last ends in a
line feed; containers with a terminal are wrapped all the same. Asked for times, Podman puts one in
front of each piece.
"""

from __future__ import annotations

from collections.abc import Callable

from composer.engine.api import LogLine, LogStream

_HEADER = 8
_STREAMS: dict[int, LogStream] = {1: "stdout", 2: "stderr"}


class LineReader:
    """Takes bytes as they arrive and gives the lines that are whole. Used by one thread.

    ``timestamps`` says that each piece begins with its time and a space.
    """

    def __init__(self, *, timestamps: bool = False) -> None:
        self._timestamps = timestamps
        self._rest = b""
        self._parts: dict[int, list[bytes]] = {1: [], 2: []}
        self._times: dict[int, bytes] = {1: b"", 2: b""}
        self._time_of = TimeNormaliser()

    def feed(self, data: bytes) -> list[LogLine]:
        """The lines that ``data`` completes, in order."""
        if self._rest:
            data = self._rest + data
        lines: list[LogLine] = []
        add, parts = lines.append, self._parts
        take = self._timed if self._timestamps else None
        position, end = 0, len(data)
        from_bytes = int.from_bytes
        while end - position >= _HEADER:
            stream = data[position]
            start = position + _HEADER
            stop = start + from_bytes(data[position + 4 : start])
            if stop > end:
                break
            position = stop
            if take is not None:
                take(stream, data[start:stop], add)
            elif data[stop - 1] != 10 or parts[stream]:
                self._piece(stream, data[start:stop], add)
            else:
                add(LogLine(_STREAMS[stream], data[start : stop - 1]))
        self._rest = data[position:]
        return lines

    def finish(self) -> list[LogLine]:
        """The lines that were cut off by the end of the log."""
        lines: list[LogLine] = []
        for stream, parts in self._parts.items():
            if parts:
                lines.append(LogLine(_STREAMS[stream], b"".join(parts), self._times[stream]))
                parts.clear()
        return lines

    def _timed(self, stream: int, piece: bytes, add: Callable[[LogLine], None]) -> None:
        time, _, text = piece.partition(b" ")
        if not self._parts[stream]:
            self._times[stream] = self._time_of(time)
        self._piece(stream, text, add)

    def _piece(self, stream: int, piece: bytes, add: Callable[[LogLine], None]) -> None:
        """One piece; a line feed inside of it ends a line as well."""
        parts = self._parts[stream]
        *whole, last = piece.split(b"\n")
        for text in whole:
            if parts:
                text = b"".join([*parts, text])
                parts.clear()
            add(LogLine(_STREAMS[stream], text, self._times[stream]))
        if last:
            parts.append(last)


class TimeNormaliser:
    """RFC 3339 with any offset and precision → UTC with nine digits, comparable as bytes.

    Logs keep one offset and come many lines to the second, so that the last second is remembered.
    """

    def __init__(self) -> None:
        self._second = b""
        self._offset = b""
        self._utc = b""

    def __call__(self, time: bytes) -> bytes:
        """The normalised form of ``time``; what is no time is given back as it is."""
        second, rest = time[:19], time[19:]
        digits = b""
        if rest[:1] == b".":
            cut = 1
            while cut < len(rest) and rest[cut : cut + 1].isdigit():
                cut += 1
            digits, rest = rest[1:cut], rest[cut:]
        if second != self._second or rest != self._offset:
            utc = _utc(second, rest)
            if utc is None:
                return time
            self._second, self._offset, self._utc = second, rest, utc
        return b"%s.%sZ" % (self._utc, digits[:9].ljust(9, b"0"))


def _utc(second: bytes, offset: bytes) -> bytes | None:
    from datetime import UTC, datetime

    if offset == b"Z":
        return second
    try:
        moment = datetime.fromisoformat((second + offset).decode("ascii"))
    except ValueError:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
