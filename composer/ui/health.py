"""What ``composer health`` prints: a line for each check, and one for each pod."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from composer.state import PodState
from composer.ui.pods import lines
from composer.ui.table import table

HEADER = ("NAME", "KIND", "HEALTH", "TIME", "OUTPUT")

HEADINGS = {
    "Kind": "KIND",
    "Name": "NAME",
    "Service": "SERVICE",
    "Pod": "POD",
    "Health": "HEALTH",
    "Counted": "COUNTED",
    "Seconds": "SECONDS",
    "Output": "OUTPUT",
}


class Checked(msgspec.Struct, frozen=True):
    """How one check, or all those of a pod, ended just now."""

    Kind: str
    """``container`` or ``pod``."""
    Name: str
    Service: str
    Pod: str
    """The name of the pod that it is in."""
    Health: str
    """``healthy`` or ``unhealthy``."""
    Counted: str
    """What Podman makes of it, with the retries and the start period of the check."""
    Seconds: float
    Output: str


def verdicts(pods: Sequence[PodState], rows: Sequence[Checked]) -> list[Checked]:
    """A line for each of ``pods``: it is healthy if all of its members with a check are."""
    found = []
    for pod in pods:
        own = [row for row in rows if row.Pod == pod.name]
        if own:
            healthy = sum(row.Health == "healthy" for row in own)
            found.append(
                Checked(
                    Kind="pod",
                    Name=pod.name,
                    Service="",
                    Pod=pod.name,
                    Health="healthy" if healthy == len(own) else "unhealthy",
                    Counted="",
                    Seconds=max(row.Seconds for row in own),
                    Output=f"{healthy} of {len(own)} healthy",
                )
            )
    return found


def formatted(rows: Sequence[Checked], template: str) -> str:
    """The lines as ``--format`` says: ``table``, ``json`` (an object a line) or a template."""
    if template == "json":
        return lines(rows)
    if template == "table":
        return table(HEADER, [_cells(row) for row in rows])
    from composer.ui.template import show

    return show(template, [msgspec.structs.asdict(row) for row in rows], HEADINGS)


def _cells(row: Checked) -> tuple[str, ...]:
    said = row.Output.strip().splitlines()
    return (row.Name, row.Kind, row.Health, f"{row.Seconds:.2f}s", said[-1] if said else "")
