"""GET /libpod/containers/{name}/top and /libpod/pods/{name}/top: processes."""

from __future__ import annotations

import re

import msgspec

from composer.engine.libpod import Libpod, Query, segment
from composer.state import Processes

_COLUMNS = {
    "UID": "user",
    "PID": "pid",
    "PPID": "ppid",
    "C": "pcpu",
    "STIME": "stime",
    "TTY": "tty",
    "TIME": "time",
    "CMD": "args",
}
"""Docker's columns (those of ``ps -ef``), and what Podman calls what is in them."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d (\d\d:\d\d):\d\d.*")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?")


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
    return Processes(titles=tuple(_COLUMNS), rows=tuple(_as_ps(row) for row in found.processes))


def _as_ps(row: list[str]) -> tuple[str, ...]:
    """One process in the words of ``ps``: whole percents, hours and minutes, ``00:00:05``."""
    said = dict(zip(_COLUMNS, row, strict=True))
    said["C"] = said["C"].partition(".")[0]
    said["STIME"] = _MOMENT.sub(r"\1", said["STIME"])
    said["TIME"] = _clock(said["TIME"])
    return tuple(said.values())


def _clock(text: str) -> str:
    """A duration of Go (``1m2.5s``) as hours, minutes and seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return f"{int(hours):02}:{int(minutes):02}:{int(seconds):02}"
