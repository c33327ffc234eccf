"""GET /libpod/events: what happens to a project's containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

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
    libpod: Libpod, project: str, stop: Callable[[], bool]
) -> Iterator[ContainerEvent]:
    """Events from now on, until ``stop`` says so (asked five times a second)."""
    wanted = {"type": ["container"], "label": [f"{PROJECT}={project}"]}
    query: Query = {"stream": True, "filters": filters(wanted)}
    rest = b""
    with libpod.stream("GET", "/events", query, what="events") as stream:
        while not stop():
            data = stream.read(_POLL_SECONDS)
            if data == b"":
                return
            *lines, rest = (rest + (data or b"")).split(b"\n")
            for line in lines:
                if line.strip():
                    yield event(line)


def event(line: bytes) -> ContainerEvent:
    """One line of the stream."""
    raw = msgspec.json.decode(line, type=_Event)
    attributes: dict[str, Any] = raw.actor.attributes
    code = attributes.get("containerExitCode")
    return ContainerEvent(
        action=raw.action or raw.status,
        id=raw.actor.id,
        name=attributes.get("name", ""),
        labels={key: value for key, value in attributes.items() if key not in _NOT_LABELS},
        time=raw.nanoseconds / 1e9 if raw.nanoseconds else float(raw.time),
        exit_code=int(code) if code not in (None, "") else None,
    )
