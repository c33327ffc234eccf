"""GET /libpod/events: what happens to a project's containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from composer.decoding import decoder
from composer.engine.api import ContainerEvent
from composer.engine.libpod import Libpod, Query, filters
from composer.state import PROJECT

_POLL_SECONDS = 0.2


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
    libpod: Libpod, project: str, stop: Callable[[], bool], *, begin: float
) -> Iterator[ContainerEvent]:
    """Events from ``begin`` (seconds since the epoch) on, until ``stop`` says so.

    ``stop`` is asked five times a second. When Podman 4.3 shortens its file of events it sends all
    of them again; what was given before is not given twice.
    """
    wanted = {"type": ["container"], "label": [f"{PROJECT}={project}"]}
    query: Query = {"stream": True, "filters": filters(wanted)}
    rest, given = b"", set[tuple[float, str, str]]()
    with libpod.stream("GET", "/events", query, what="events") as stream:
        while not stop():
            data = stream.read(_POLL_SECONDS)
            if data == b"":
                return
            *lines, rest = (rest + (data or b"")).split(b"\n")
            for line in lines:
                if not line.strip():
                    continue
                happened = event(line)
                key = (happened.time, happened.id, happened.action)
                if happened.time >= begin and key not in given:
                    given.add(key)
                    yield happened


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
    )
