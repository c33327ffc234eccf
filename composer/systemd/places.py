"""Where units are: the folders of a user's systemd and of the system's, and whose a file is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from composer.systemd.units import MARK

_HEAD = 4096
"""The mark is among the first bytes of a file."""


class Place(NamedTuple):
    """The folders of one systemd."""

    user: bool
    """Units of a user (``systemctl --user``), not of the system."""
    units: Path
    """What systemd reads itself."""
    quadlets: Path
    """What Quadlet reads, and makes services of."""

    @property
    def flags(self) -> tuple[str, ...]:
        """What tells ``systemctl`` which systemd is meant."""
        return ("--user",) if self.user else ()

    @property
    def option(self) -> str:
        """The option of composer's own that means this one."""
        return "--user" if self.user else "--system"

    @property
    def mode(self) -> int:
        """The mode of its files: they hold what ``.env`` had, passwords among it.

        Those of the system can be read anyhow: its systemd shows what is in units to everybody,
        and warns of files that hide it.
        """
        return 0o600 if self.user else 0o644


SYSTEM = Place(
    user=False, units=Path("/etc/systemd/system"), quadlets=Path("/etc/containers/systemd")
)


def place(*, user: bool, environ: Mapping[str, str]) -> Place:
    """The folders of the user's systemd, or of the system's."""
    if not user:
        return SYSTEM
    home = Path(environ.get("HOME") or Path.home())
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return Place(
        user=True, units=config / "systemd" / "user", quadlets=config / "containers" / "systemd"
    )


def owner(path: Path) -> str | None:
    """The project whose mark a file has; None for the file of somebody else, or none at all."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(_HEAD).splitlines()
    except OSError:
        return None
    marks = (line.removeprefix(MARK).strip() for line in lines if line.startswith(MARK))
    return next(marks, None)


def manager_of(project: str, environ: Mapping[str, str], uid: int | None = None) -> Place | None:
    """The systemd that manages ``project`` for this user; None if nobody does."""
    root = (os.getuid() if uid is None else uid) == 0
    for user in (False, True) if root else (True,):
        found = place(user=user, environ=environ)
        # Most projects have no such file: it is one look.
        target = found.units / f"{project}.target"
        if target.exists() and owner(target) == project:
            return found
    return None
