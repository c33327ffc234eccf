"""What ``composer ps`` prints, with Docker Compose's columns, keys and templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from composer.printable import printable_json
from composer.state import Container, MountPoint
from composer.ui.duration import ago, words
from composer.ui.ports import describe, host_address
from composer.ui.table import LEAST_WIDTH, table

HEADER = ("NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS")
POD = "POD"
"""A further column, if there is a pod."""
COMMAND_WIDTH = 20
ID_LENGTH = 12
MOUNT_WIDTH = 15

RAW = (
    "\\n".join(
        f"{name}: {{{{.{field}}}}}"
        for name, field in {
            "container_id": "ID",
            "image": "Image",
            "command": "Command",
            "created_at": "CreatedAt",
            "state": "State",
            "status": "Status",
            "names": "Names",
            "labels": "Labels",
            "ports": "Ports",
        }.items()
    )
    + "\\n"
)
"""What ``--format raw`` stands for."""

HEADINGS = {
    "ID": "CONTAINER ID",
    "Name": "NAME",
    "Names": "NAMES",
    "Project": "PROJECT",
    "Service": "SERVICE",
    "Pod": "POD",
    "Image": "IMAGE",
    "Command": "COMMAND",
    "CreatedAt": "CREATED AT",
    "RunningFor": "CREATED",
    "Ports": "PORTS",
    "State": "STATE",
    "Status": "STATUS",
    "ExitCode": "EXIT CODE",
    "Health": "HEALTH",
    "Labels": "LABELS",
    "LocalVolumes": "LOCAL VOLUMES",
    "Mounts": "MOUNTS",
    "Networks": "NETWORKS",
    "Publishers": "PUBLISHERS",
    "Size": "SIZE",
}
"""What stands above the fields of ``--format 'table …'``."""

_HEALTH = {
    "healthy": " (healthy)",
    "unhealthy": " (unhealthy)",
    "starting": " (health: starting)",
}
_STATES = {"stopped": "exited", "configured": "created", "initialized": "created"}
"""Podman's words for which Docker has another."""


Mounts = Mapping[str, Sequence[MountPoint]]
"""What is mounted into containers, by their ids."""
_NONE: Mounts = {}


class Publisher(msgspec.Struct, frozen=True):
    """One of ``Publishers``."""

    URL: str
    TargetPort: int
    PublishedPort: int
    Protocol: str


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A container as ``docker compose ps --format json`` shows it, with its keys in its order.

    A container in a pod has its name as a further key.
    """

    Command: str
    CreatedAt: str
    ExitCode: int
    Health: str
    ID: str
    Image: str
    Labels: str
    LocalVolumes: str
    Mounts: str
    Name: str
    Names: str
    Networks: str
    Ports: str
    Project: str
    Publishers: list[Publisher]
    RunningFor: str
    Service: str
    Size: str
    State: str
    Status: str
    Pod: str = ""


def to_table(containers: Sequence[Container], now: float, *, truncate: bool = True) -> str:
    """The table of ``ps``. ``now`` is in seconds since the epoch."""
    pods = any(container.pod_name for container in containers)
    place = HEADER.index("SERVICE") + 1
    return table(
        (*HEADER[:place], POD, *HEADER[place:]) if pods else HEADER,
        [
            (
                container.name,
                container.image,
                command(container, truncate=truncate),
                container.service,
                *([container.pod_name] if pods else []),
                ago(container.created, now),
                status(container, now),
                describe(container.ports),
            )
            for container in containers
        ],
        least=LEAST_WIDTH,
    )


def formatted(
    containers: Sequence[Container],
    now: float,
    template: str,
    *,
    truncate: bool = True,
    mounts: Mounts = _NONE,
) -> str:
    """The containers as ``--format`` says: ``table``, ``json``, ``raw`` or a template.

    ``mounts`` is what is mounted into each, by its id; the table does not show it.
    Raises ``ComposerError`` for a template that cannot be read.
    """
    if template == "table":
        return to_table(containers, now, truncate=truncate)
    if template == "json":
        return to_json(containers, now, truncate=truncate, mounts=mounts)
    from composer.ui.template import show

    rows = [
        msgspec.structs.asdict(row(container, now, truncate=truncate, mounts=mounts))
        | {"Label": lambda name, labels=container.labels: labels.get(name, "")}
        for container in containers
    ]
    if not any(container.pod_name for container in containers):
        for one in rows:
            del one["Pod"]
    return show(RAW if template == "raw" else template, rows, HEADINGS)


def to_json(
    containers: Sequence[Container], now: float, *, truncate: bool = True, mounts: Mounts = _NONE
) -> str:
    """One JSON object a line for each container."""
    encode = msgspec.json.Encoder().encode
    return "".join(
        printable_json(encode(row(container, now, truncate=truncate, mounts=mounts)).decode())
        + "\n"
        for container in containers
    )


def row(container: Container, now: float, *, truncate: bool = True, mounts: Mounts = _NONE) -> Row:
    """All that ``--format json`` tells of one container."""
    mounted = mounts.get(container.id, ())
    return Row(
        Command=command(container, truncate=truncate),
        CreatedAt=created_at(container.created),
        ExitCode=container.exit_code,
        Health=container.health if container.running else "",
        ID=container.id[:ID_LENGTH] if truncate else container.id,
        Image=container.image,
        Labels=",".join(f"{key}={value}" for key, value in sorted(container.labels.items())),
        LocalVolumes=str(sum(mount.driver == "local" for mount in mounted)),
        Mounts=",".join(_cut(mount.name) if truncate else mount.name for mount in mounted),
        Name=container.name,
        Names=container.name,
        Networks=",".join(container.networks),
        Ports=describe(container.ports),
        Project=container.project,
        Publishers=[
            Publisher(host_address(port), port.container_port, port.host_port, port.protocol)
            for port in container.ports
        ],
        RunningFor=ago(container.created, now),
        Service=container.service,
        Size="0B",
        State=state(container),
        Status=status(container, now),
        Pod=container.pod_name,
    )


def state(container: Container) -> str:
    """The container's state in Docker's words (``ps --status`` filters by it)."""
    return _STATES.get(container.status, container.status)


def status(container: Container, now: float) -> str:
    """The state with its age: ``Up 2 minutes (healthy)``, ``Exited (3) 4 seconds ago``."""
    word = state(container)
    if word == "running":
        return f"Up {words(_age(container, now))}{_HEALTH.get(container.health, '')}"
    if word == "paused":
        return f"Up {words(_age(container, now))} (Paused)"
    if word == "exited":
        return f"Exited ({container.exit_code}) {ago(container.exited, now)}"
    return word.capitalize()


def _age(container: Container, now: float) -> float:
    """Seconds since it was started. Lists tell that in whole seconds, the creation exactly."""
    return now - max(container.started, container.created)


def command(container: Container, *, truncate: bool = True) -> str:
    """The command in quotes, cut to twenty columns unless the user wants all of it."""
    text = " ".join(container.command)
    if truncate and len(text) > COMMAND_WIDTH:
        text = text[: COMMAND_WIDTH - 1] + "…"
    return f'"{text}"'


def _cut(mount: str) -> str:
    return mount if len(mount) <= MOUNT_WIDTH else f"{mount[: MOUNT_WIDTH - 1]}…"


def created_at(seconds: float) -> str:
    """A time as Go prints it: ``2026-11-24 07:32:44 +0000 UTC``, in the local time zone."""
    return datetime.fromtimestamp(int(seconds)).astimezone().strftime("%Y-%m-%d %H:%M:%S %z %Z")
