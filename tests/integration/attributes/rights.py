"""What an engine of a user without rights cannot do here, row by row, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.integration.attributes.row import Row
from tests.rootless import groups

_NO_GROUPS = "control groups of version 1 are root's"

LIMITED = (
    *("cpus", "cpu_quota", "cpu_rt", "memory", "no limit of swap", "pids_limit"),
    "deploy.resources",
)
"""Rows of limits. Where control groups are root's, Podman warns and leaves them out."""


def impossible(rootless: bool) -> dict[str, str]:
    """Rows that cannot even be created, by name, with the reason."""
    return dict(_impossible()) if rootless else {}


def _impossible() -> Iterator[tuple[str, str]]:
    yield "x-podman maps", "only root may use these ids of the machine"
    yield "host-gateway", "without bridges it is an address of the machine, which has none in tests"
    if not groups():
        yield "cgroup_parent", _NO_GROUPS
    if not Path("/dev/mqueue").exists():
        yield "pid ipc uts of the host", "this machine has no /dev/mqueue to share"


def chosen(rows: list[Row], rootless: bool) -> list[Row]:
    """The rows that can be created."""
    left_out = impossible(rootless)
    return [row for row in rows if row.name not in left_out]


def why_not_seen(row: Row, rootless: bool) -> str:
    """Why what ``row`` says cannot be seen in its container; empty when it can."""
    if row.name in LIMITED and not groups():
        return _NO_GROUPS
    if rootless and row.warns_rootless:
        return "it is root's, and composer warns of it"
    return impossible(rootless).get(row.name, "")
