"""What ``composer systemd status`` prints: each unit as systemd sees it, and as Podman does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from composer.printable import printable_json
from composer.state import Container
from composer.systemd.manager import UnitState
from composer.ui.duration import ago
from composer.ui.ports import describe
from composer.ui.ps import Publisher, status
from composer.ui.ps import row as container_row
from composer.ui.ps import state as container_state
from composer.ui.table import LEAST_WIDTH, table

HEADER = ("SERVICE", "UNIT", "ACTIVE", "SINCE", "CONTAINER", "STATUS", "PORTS")


class Row(NamedTuple):
    """A unit with the container that it runs, if there is one. Without a service it is another."""

    service: str
    number: int
    unit: UnitState
    container: Container | None


class Overview(NamedTuple):
    """All of a project."""

    project: str
    user: bool
    target: UnitState
    lingers: bool | None
    """Whether a user's units start at the boot; None for the system's, which do."""
    rows: Sequence[Row]


class _Container(msgspec.Struct, frozen=True):
    """Keys as those of ``ps --format json``."""

    ID: str
    Name: str
    State: str
    Status: str
    Health: str
    ExitCode: int
    Publishers: list[Publisher]


class _Unit(msgspec.Struct, frozen=True):
    Service: str
    Number: int
    Unit: str
    Load: str
    Active: str
    Sub: str
    Result: str
    Since: float
    Container: _Container | None


class _Overview(msgspec.Struct, frozen=True):
    Project: str
    Scope: str
    Target: str
    Active: str
    Enabled: bool
    Lingers: bool | None
    Units: list[_Unit]


def to_table(overview: Overview, now: float) -> str:
    """A line for the target, and a table of what it starts. ``now`` is in seconds."""
    target = overview.target
    words = [target.active, target.enabled or "not enabled"]
    if overview.lingers is False:
        words.append("without lingering: from the login to the logout")
    head = f"{target.name} ({'user' if overview.user else 'system'}): {', '.join(words)}\n"
    rows = [
        (
            row.service,
            row.unit.name,
            f"{row.unit.active} ({row.unit.sub})",
            ago(row.unit.since, now) if row.unit.since else "",
            row.container.name if row.container else "",
            status(row.container, now) if row.container else "",
            describe(row.container.ports) if row.container else "",
        )
        for row in overview.rows
    ]
    return head + table(HEADER, rows, least=LEAST_WIDTH)


def to_json(overview: Overview, now: float) -> str:
    """All of it as one JSON object. Times are in seconds since the epoch."""
    target = overview.target
    told = _Overview(
        Project=overview.project,
        Scope="user" if overview.user else "system",
        Target=target.name,
        Active=target.active,
        Enabled=target.enabled == "enabled",
        Lingers=overview.lingers,
        Units=[_unit(row, now) for row in overview.rows],
    )
    return printable_json(msgspec.json.encode(told).decode()) + "\n"


def _unit(row: Row, now: float) -> _Unit:
    unit = row.unit
    return _Unit(
        Service=row.service,
        Number=row.number,
        Unit=unit.name,
        Load=unit.load,
        Active=unit.active,
        Sub=unit.sub,
        Result=unit.result,
        Since=round(unit.since, 3),
        Container=_container(row.container, now) if row.container else None,
    )


def _container(container: Container, now: float) -> _Container:
    shown = container_row(container, now)
    return _Container(
        ID=shown.ID,
        Name=container.name,
        State=container_state(container),
        Status=shown.Status,
        Health=shown.Health,
        ExitCode=container.exit_code,
        Publishers=shown.Publishers,
    )
