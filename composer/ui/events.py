"""Events of containers as ``docker compose events`` prints them: a line each, or JSON."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from composer.engine.api import ContainerEvent
from composer.printable import printable, printable_json

ACTIONS = {"died": "die", "remove": "destroy", "cleanup": "", "mount": "", "unmount": ""}
"""Podman's words for which Docker has another, or none."""
OURS = ("com.docker.compose.", "io.podman.compose.", "io.composer.", "PODMAN_SYSTEMD_UNIT")
"""What the labels begin with that make a container one of a project."""


class _Event(msgspec.Struct):
    """The keys of ``--json``, in their order."""

    action: str
    attributes: dict[str, str]
    id: str
    service: str
    time: str
    type: str = "container"


def action_of(event: ContainerEvent) -> str:
    """Docker's word for what happened; empty for what it does not tell of."""
    return ACTIONS.get(event.action, event.action)


def to_text(event: ContainerEvent) -> str:
    """``2026-11-24 12:36:23.048492 container die ID (image=…, name=…)``, and an empty line."""
    said = ", ".join(f"{key}={value}" for key, value in _attributes(event).items())
    moment = _local(event).strftime("%Y-%m-%d %H:%M:%S.%f")
    return printable(f"{moment} container {action_of(event)} {event.id} ({said})") + "\n\n"


def to_json(event: ContainerEvent) -> str:
    """One line."""
    encoded = _Event(
        action=action_of(event),
        attributes=_attributes(event),
        id=event.id,
        service=event.service,
        time=_rfc3339(event),
    )
    return printable_json(msgspec.json.encode(encoded).decode()) + "\n"


def _attributes(event: ContainerEvent) -> dict[str, str]:
    found = {"image": event.image, "name": event.name}
    found |= {key: text for key, text in event.labels.items() if not key.startswith(OURS)}
    if event.exit_code is not None:
        found["exitCode"] = str(event.exit_code)
    return dict(sorted(found.items()))


def _local(event: ContainerEvent) -> datetime:
    seconds, nanoseconds = divmod(event.nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds).astimezone().replace(microsecond=nanoseconds // 1000)


def _rfc3339(event: ContainerEvent) -> str:
    """As Go writes it: with up to nine digits of a second, and ``Z`` for UTC."""
    local = _local(event)
    fraction = f".{event.nanoseconds % 1_000_000_000:09}".rstrip("0").rstrip(".")
    zone = re.sub(r"(\d\d)(\d\d)$", r"\1:\2", local.strftime("%z"))
    return local.strftime("%Y-%m-%dT%H:%M:%S") + fraction + ("Z" if zone == "+00:00" else zone)
