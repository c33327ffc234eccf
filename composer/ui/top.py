"""What ``composer top`` prints: one table of the processes of all containers."""

from __future__ import annotations

from collections.abc import Sequence

from composer.state import Container, Processes
from composer.ui.table import table

GAP = 2
LEAST = 4
"""The width that a column with its gap has at least."""


def to_table(seen: Sequence[tuple[Container, Processes]]) -> str:
    """The table of ``docker compose top``: service, number of the replica, and ps's columns."""
    rows = [
        (container.service, str(container.number or "-"), *process)
        for container, processes in seen
        for process in processes.rows
    ]
    if not rows:
        return ""
    return table(("SERVICE", "#", *seen[0][1].titles), rows, least=LEAST, gap=GAP)
