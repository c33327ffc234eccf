"""What ``composer kube ps --cluster`` prints: the containers of a project's pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from composer.printable import printable_json
from composer.ui.duration import words
from composer.ui.table import LEAST_WIDTH, table

if TYPE_CHECKING:
    from composer.kube.cluster.pods import Member

HEADINGS = {
    "Pod": "POD",
    "Service": "SERVICE",
    "Image": "IMAGE",
    "Status": "STATUS",
    "Ready": "READY",
    "Restarts": "RESTARTS",
    "Age": "AGE",
    "Node": "NODE",
}


class Row(msgspec.Struct, frozen=True):
    """A container of a pod. The keys are those of ``--format json`` and of templates."""

    Pod: str
    Service: str
    Image: str
    Status: str
    Ready: bool
    Restarts: int
    Age: str
    Node: str
    Init: bool
    """Whether it runs before the others of its pod, and ends."""


def formatted(members: Sequence[Member], now: float, template: str) -> str:
    """The containers as ``--format`` says: ``table``, ``json`` (an object a line) or a template.

    ``now`` is in seconds since the epoch. Raises ``ComposerError`` for a template that cannot be
    read.
    """
    rows = [_row(member, now) for member in members]
    if template == "table":
        lines = [[_cell(getattr(row, key)) for key in HEADINGS] for row in rows]
        return table(list(HEADINGS.values()), lines, least=LEAST_WIDTH)
    if template == "json":
        return "".join(printable_json(msgspec.json.encode(row).decode()) + "\n" for row in rows)
    from composer.ui.template import show

    return show(template, [msgspec.structs.asdict(row) for row in rows], HEADINGS)


def _row(member: Member, now: float) -> Row:
    return Row(
        Pod=member.pod,
        Service=member.name,
        Image=member.image,
        Status=member.status,
        Ready=member.ready,
        Restarts=member.restarts,
        Age=words(now - member.created) if member.created else "",
        Node=member.node,
        Init=member.init,
    )


def _cell(value: str | bool | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
