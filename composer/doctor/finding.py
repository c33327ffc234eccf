"""What a check says."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["ok", "note", "warning", "error"]
"""``note``: worth knowing, nothing to do; ``warning``: something works badly; ``error``: broken."""


class Finding(msgspec.Struct, frozen=True):
    """One line of the report."""

    area: str
    """``Podman``, ``Rootless``, ``Machine`` or ``Project``."""
    check: str
    status: Status
    message: str
    fix: str = ""
    """The command, or what else to do, that mends it."""
