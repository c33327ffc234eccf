"""The log of one container as batches of lines: over the API, or from its file where readable.

Podman 4.3's API cuts times down to whole seconds, too coarse to merge logs by time. Podman's own
log file has nanoseconds, and reading it is quicker; it is used for finished reads on an engine of
this machine whose file this user may read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from composer.engine.api import LogLine
from composer.engine.detail import Inspected
from composer.engine.libpod import Libpod, segment
from composer.engine.log_file import LogFile, between
from composer.engine.log_frames import LineReader

_POLL_SECONDS = 0.2


def follow_logs(
    libpod: Libpod,
    container: str,
    *,
    follow: bool,
    since: str | None,
    until: str | None,
    tail: int | None,
    timestamps: bool,
    stop: Callable[[], bool] | None,
) -> Iterator[list[LogLine]]:
    """GET /libpod/containers/{name}/logs. ``stop`` is asked five times a second."""
    query = {
        "stdout": True,
        "stderr": True,
        "follow": follow,
        "since": since,
        "until": until,
        "tail": tail,
        "timestamps": timestamps,
    }
    path = f"/containers/{segment(container)}/logs"
    reader = LineReader(timestamps=timestamps)
    with libpod.stream("GET", path, query, what=f"logs of {container}") as stream:
        while not (stop is not None and stop()):
            data = stream.read(_POLL_SECONDS)
            if data == b"":
                break
            if data and (lines := reader.feed(data)):
                yield lines
    if lines := reader.finish():
        yield lines


def readable_file(inspected: Inspected) -> Path | None:
    """The log file of a container, when it is Podman's text file and this user may read it."""
    config = inspected.host_config.log_config
    if config.type not in ("k8s-file", "json-file") or not config.path:
        return None
    path = Path(config.path)
    try:
        with path.open("rb"):
            return path
    except OSError:
        return None


def file_logs(
    path: Path, *, since: bytes, until: bytes, tail: int | None, stop: Callable[[], bool] | None
) -> Iterator[list[LogLine]]:
    """The lines of a log file with their times. ``since`` and ``until`` are normalised times."""
    with closing(LogFile(path)) as log:
        if tail is not None:
            last = log.skip_to_tail(tail) + log.finish()
            yield between(last[max(0, len(last) - tail) :], since, until)
            return
        while not (stop is not None and stop()) and (lines := log.read()) is not None:
            if kept := between(lines, since, until):
                yield kept
        yield between(log.finish(), since, until)


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_FRACTION = re.compile(r"\.(\d+)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|us|ns|s)")


def moment(text: str | None, now: float) -> bytes | None:
    """``--since`` and ``--until`` as a normalised time: a Go duration before ``now`` (seconds since
    the epoch), seconds since the epoch, or an RFC 3339 time. Empty for no limit, None when it is
    none of them."""
    if not text:
        return b""
    parts = _DURATION.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return normal_time(now - sum(float(number) * _UNITS[unit] for number, unit in parts))
    try:
        return normal_time(float(text))
    except ValueError:
        pass
    digits = _FRACTION.search(text)
    try:
        parsed = datetime.fromisoformat(_FRACTION.sub("", text))
    except ValueError:
        return None
    whole = normal_time(parsed.timestamp())
    # Floats hold no nanoseconds of today.
    return whole if digits is None else whole[:20] + digits[1][:9].ljust(9, "0").encode() + b"Z"


def normal_time(seconds: float) -> bytes:
    """Seconds since the epoch as times of logs are compared: UTC with nine digits."""
    whole = datetime.fromtimestamp(seconds, UTC)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.%f000Z").encode()
