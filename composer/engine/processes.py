"""GET /libpod/containers/{name}/top and /libpod/pods/{name}/top: processes."""

from __future__ import annotations

import re
import time

import msgspec

from composer.engine.libpod import Libpod, Query, segment
from composer.state import Processes

_COLUMNS = {
    "UID": "user",
    "PID": "pid",
    "PPID": "ppid",
    "C": "pcpu",
    "STIME": "etime",
    "TTY": "tty",
    "TIME": "time",
    "CMD": "args",
}
"""Docker's columns (those of ``ps -ef``), and what Podman calls what is in them.

When a process began is reckoned from its age: Podman 5 takes the words of a time for columns.
"""

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?")
_SPLIT_SECOND = re.compile(r"[\d.]+(?:ms|µs|ns)")


class _Top(msgspec.Struct, rename="pascal"):
    processes: list[list[str]] = []


def processes(libpod: Libpod, container: str) -> Processes:
    """The processes of a running container, as it numbers them itself. Raises ``EngineError``."""
    return _processes(libpod, f"/containers/{segment(container)}/top", f"top {container}")


def pod_processes(libpod: Libpod, pod: str) -> Processes:
    """The processes of all containers of a running pod, each as its own container numbers it."""
    return _processes(libpod, f"/pods/{segment(pod)}/top", f"top pod {pod}")


def _processes(libpod: Libpod, path: str, what: str) -> Processes:
    query: Query = {"stream": False, "ps_args": ",".join(_COLUMNS.values())}
    found: _Top = libpod.get(path, query, kind=_Top, what=what)
    now = time.time()
    rows = tuple(_as_ps(row, now) for row in found.processes)
    return Processes(titles=tuple(_COLUMNS), rows=rows)


def _as_ps(row: list[str], now: float) -> tuple[str, ...]:
    """One process in the words of ``ps``: whole percents, hours and minutes, ``00:00:05``.

    ``now`` is in seconds since the epoch.
    """
    said = dict(zip(_COLUMNS, row, strict=True))
    said["C"] = said["C"].partition(".")[0]
    said["STIME"] = _began(said["STIME"], now)
    said["TIME"] = _clock(said["TIME"])
    return tuple(said.values())


def _began(age: str, now: float) -> str:
    """When a process began that is ``age`` old: ``13:05``, or ``Nov24`` if not today."""
    seconds = _seconds(age)
    if seconds is None:
        return age
    begin, today = time.localtime(now - seconds), time.localtime(now)
    return time.strftime("%H:%M" if begin[:3] == today[:3] else "%b%d", begin)


def _clock(text: str) -> str:
    """A duration of Go (``1m2.5s``) as hours, minutes and seconds."""
    seconds = _seconds(text)
    if seconds is None:
        return text
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def _seconds(text: str) -> float | None:
    """A duration of Go in seconds, 0 for a part of one (``924.5ms``); None for what is none."""
    if _SPLIT_SECOND.fullmatch(text):
        return 0.0
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds
