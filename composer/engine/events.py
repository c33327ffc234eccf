"""GET /libpod/events: what happens to a project's containers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from composer.decoding import decoder
from composer.engine.api import ContainerEvent
from composer.engine.libpod import Libpod, Query, filters
from composer.engine.log_source import moment
from composer.engine.observe import seconds
from composer.errors import ComposerError
from composer.state import PROJECT

_POLL_SECONDS = 0.2
_QUIET_SECONDS = 1.0
"""After which Podman has told all that was; it reads this at one go."""
_BEGIN_SECONDS = 5.0
"""Until it begins: a busy machine takes its time, and of nothing it tells nothing at all."""


class _Actor(msgspec.Struct):
    id: str = msgspec.field(default="", name="ID")
    attributes: dict[str, str] = msgspec.field(default_factory=dict, name="Attributes")


class _Event(msgspec.Struct):
    action: str = msgspec.field(default="", name="Action")
    status: str = ""
    actor: _Actor = msgspec.field(default_factory=_Actor, name="Actor")
    time: int = 0
    nanoseconds: int = msgspec.field(default=0, name="timeNano")


_NOT_LABELS = ("name", "image", "containerExitCode", "podId", "health_status")


def container_events(
    libpod: Libpod,
    project: str,
    stop: Callable[[], bool],
    *,
    begin: float = 0.0,
    since: str | None = None,
    end: float | None = None,
    live: bool = True,
) -> Iterator[ContainerEvent]:
    """Events between ``begin`` and ``end`` (seconds since the epoch), until ``stop`` says so.

    With ``since`` (RFC 3339) Podman tells of what was before, too; without ``live`` nothing else
    is wanted, and it ends when Podman has nothing more to tell at once. Podman's own ``until``, and
    asking it for the past alone, are of no use: 4.3 then gives nothing at all, always or at times.

    ``stop`` is asked five times a second. When Podman 4.3 shortens its file of events it sends all
    of them again; what was given before is not given twice.
    """
    wanted = {"type": ["container"], "label": [f"{PROJECT}={project}"]}
    query: Query = {"stream": True, "filters": filters(wanted), "since": since}
    rest, given = b"", set[tuple[float, str, str]]()
    heard, patience = time.monotonic(), _BEGIN_SECONDS
    with libpod.stream("GET", "/events", query, what="events") as stream:
        while not stop():
            data = stream.read(_POLL_SECONDS)
            if data:
                heard, patience = time.monotonic(), _QUIET_SECONDS
            silent = time.monotonic() - heard > patience
            if data == b"" or (silent and not live):
                return
            *lines, rest = (rest + (data or b"")).split(b"\n")
            for line in lines:
                if not line.strip():
                    continue
                happened = event(line)
                key = (happened.time, happened.id, happened.action)
                if end is not None and happened.time > end:
                    continue
                if happened.time >= begin and key not in given:
                    given.add(key)
                    yield happened


def time_of(option: str, said: str, now: float) -> tuple[str, float]:
    """What ``--since`` or ``--until`` means, in RFC 3339 and in seconds since the epoch.

    Raises ``ComposerError`` for what is no time.
    """
    found = moment(said, now)
    if found is None:
        raise ComposerError(
            f"{option}: {said!r} is not a time",
            hint="Write it as 2026-01-31T12:00:00Z, as seconds since the epoch, or as long ago: "
            "10m.",
        )
    return found.decode(), seconds(found.decode())


def event(line: bytes) -> ContainerEvent:
    """One line of the stream."""
    raw: _Event = decoder(_Event).decode(line)
    attributes: dict[str, Any] = raw.actor.attributes
    action = raw.action or raw.status
    # Podman fills in 0 for whatever happened to the container.
    code = attributes.get("containerExitCode") if action == "died" else None
    return ContainerEvent(
        action=action,
        id=raw.actor.id,
        name=attributes.get("name", ""),
        labels={key: value for key, value in attributes.items() if key not in _NOT_LABELS},
        time=raw.nanoseconds / 1e9 if raw.nanoseconds else float(raw.time),
        exit_code=int(code) if code not in (None, "") else None,
        image=attributes.get("image", ""),
        nanoseconds=raw.nanoseconds or raw.time * 1_000_000_000,
    )
