"""systemd itself, by its own program ``systemctl``."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from composer.errors import ComposerError, Interrupted
from composer.systemd.places import Place

BOOTED = Path("/run/systemd/system")
"""Is there if systemd is process 1; see sd_booted(3)."""
LINGERING = Path("/var/lib/systemd/linger")
"""A file for each user whose systemd runs from the boot on."""

_ELSEWHERE = "`composer systemd generate -o FOLDER` writes the units for a machine that has it."


class SystemdError(ComposerError):
    """systemd is not there, cannot be reached, or refused something."""


class UnitState(NamedTuple):
    """How a unit is, in systemd's own words."""

    name: str
    load: str = "not-found"
    active: str = "inactive"
    sub: str = "dead"
    enabled: str = ""
    """``enabled``, ``disabled``, ``static``, ``generated`` …"""
    result: str = "success"
    status: int = 0
    """The exit code of its main process."""
    since: float = 0.0
    """When its state changed, in seconds since the epoch; 0.0 if it never did."""
    kind: str = ""
    """``simple``, ``notify``, ``oneshot`` …; empty for what is no service."""

    @property
    def broken(self) -> bool:
        """Whether it failed, or waits to be started again after it did."""
        return self.active == "failed" or self.sub.startswith("auto-restart")

    @property
    def runs(self) -> bool:
        """Whether there is something to stop."""
        return self.active not in ("inactive", "failed")


Verb = Literal["start", "stop", "restart", "try-restart"]

_OF_JOBS = ("Job for ", "A dependency job for ")
_PROPERTIES = {
    "Id": "name",
    "LoadState": "load",
    "ActiveState": "active",
    "SubState": "sub",
    "UnitFileState": "enabled",
    "Result": "result",
    "Type": "kind",
}
_CHANGED = "StateChangeTimestampMonotonic"
_STATUS = "ExecMainStatus"


class Manager:
    """The systemd of ``place``. Its methods block until systemd has done what they ask for.

    All raise ``SystemdError``.
    """

    def __init__(self, place: Place, environ: Mapping[str, str]) -> None:
        self.place = place
        self._environ = _surroundings(place, environ)

    def check(self) -> None:
        """Raise ``SystemdError`` unless systemd can be asked."""
        self.program("systemctl")
        if not BOOTED.is_dir():
            raise SystemdError(
                "systemd does not run here: this machine was not booted with it",
                hint=f"{_ELSEWHERE} In WSL, `systemd=true` below [boot] in /etc/wsl.conf boots it.",
            )
        if self.place.user and not self._environ.get("XDG_RUNTIME_DIR"):
            raise self._unreachable("there is no XDG_RUNTIME_DIR")

    def program(self, name: str) -> str:
        """The path of one of systemd's programs."""
        found = shutil.which(name, path=self._environ.get("PATH"))
        if found is None:
            raise SystemdError(f"systemd is not here: there is no {name}", hint=_ELSEWHERE)
        return found

    @property
    def environ(self) -> Mapping[str, str]:
        """What its programs run with."""
        return self._environ

    # --- units ------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Let it read the files again, and Quadlet make services of its own."""
        self._ask("daemon-reload")

    def jobs(self, verb: Verb, units: Sequence[str]) -> str:
        """Start, stop or restart ``units`` and wait.

        Returns what systemd says if some of them failed, else an empty text.
        """
        done = self._run(verb, *units)
        lines = done.stderr.splitlines() if done.returncode else []
        if verb == "stop":
            # What systemd does not even know is not running.
            lines = [line for line in lines if "not loaded" not in line]
        said = "\n".join(lines).strip()
        if said and not any(word in said for word in _OF_JOBS):
            raise self._refused(verb, said)
        return said

    def enable(self, unit: str) -> None:
        """Start ``unit`` at each boot."""
        self._ask("enable", unit)

    def disable(self, unit: str) -> None:
        """Start ``unit`` at no boot."""
        self._ask("disable", unit)

    def forget_failures(self, units: Sequence[str]) -> None:
        """Forget that ``units`` failed; those that did not are left alone."""
        self._run("reset-failed", *units)

    def states(self, units: Sequence[str]) -> list[UnitState]:
        """How ``units`` are, in their order; patterns stand for those that are loaded."""
        if not units:
            return []
        wanted = ",".join([*_PROPERTIES, _CHANGED, _STATUS])
        shown = self._ask("show", f"--property={wanted}", *units)
        # Times of the wall clock are told in words; those since the boot are numbers.
        booted = time.time() - time.clock_gettime(time.CLOCK_MONOTONIC)
        blocks = (block for block in shown.split("\n\n") if block.strip())
        return [_state(block, booted) for block in blocks]

    def loaded(self, units: Sequence[str]) -> dict[str, str]:
        """The files from which it has ``units``, by their names; none for those it has not.

        For what a generator made it is the file that this was made from.
        """
        shown = self._ask("show", "--property=Id,FragmentPath,SourcePath", *units)
        blocks = [block for block in shown.split("\n\n") if block.strip()]
        found = {}
        # Another name of a unit is shown as the unit's own, so that only the order tells.
        for name, block in zip(units, blocks, strict=True):
            said = dict(line.partition("=")[::2] for line in block.splitlines())
            file = said.get("SourcePath") or said.get("FragmentPath")
            if file:
                found[name] = file
        return found

    def online(self) -> bool:
        """Whether the system waits for the network at its boot: users' units of Podman do."""
        words = [self.program("systemctl"), "is-active", "--quiet", "network-online.target"]
        return subprocess.run(words, env=self._environ, check=False).returncode == 0

    def _ask(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.returncode:
            raise self._refused(arguments[0], done.stderr)
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [self.program("systemctl"), *self.place.flags, *arguments],
                env=self._environ,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except KeyboardInterrupt:
            raise Interrupted from None

    # --- what stands in the way -------------------------------------------------------------------

    def _refused(self, verb: str, said: str) -> SystemdError:
        text = said.strip() or "it gave no reason"
        if "Failed to connect to" in text or "No medium found" in text:
            return self._unreachable(text.splitlines()[0])
        if any(word in text for word in _DENIED):
            return SystemdError(
                f"systemd does not let {own_name()} do this (systemctl {verb})",
                hint="Units of the system are root's: use sudo, or --user for units of your own.",
            )
        return SystemdError(f"systemctl {verb}: {text}")

    def _unreachable(self, why: str) -> SystemdError:
        if not self.place.user:
            return SystemdError(f"systemd cannot be reached: {why}", hint="Is it process 1?")
        user = own_name()
        return SystemdError(
            f"the systemd of user {user} cannot be reached: {why}",
            hint=f"su and sudo open no session: log in (ssh, machinectl shell {user}@), or let "
            f"it run from the boot on: sudo loginctl enable-linger {user}",
        )


_DENIED = ("Access denied", "authentication required", "Permission denied")


def _surroundings(place: Place, environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` for systemd's programs: English, no pager, and the user's own folder."""
    found = {**environ, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}
    if place.user and not found.get("XDG_RUNTIME_DIR"):
        usual = Path(f"/run/user/{os.getuid()}")
        if usual.is_dir():
            found["XDG_RUNTIME_DIR"] = str(usual)
    return found


def _state(block: str, booted: float) -> UnitState:
    said = dict(line.partition("=")[::2] for line in block.splitlines())
    words = {field: said[key] for key, field in _PROPERTIES.items() if said.get(key)}
    moment, status = said.get(_CHANGED, ""), said.get(_STATUS, "")
    since = booted + int(moment) / 1e6 if moment.isdecimal() and int(moment) else 0.0
    return UnitState(**words, status=int(status) if status.isdecimal() else 0, since=since)


def own_name() -> str:
    """The name of the user that this process runs as, or the number of one without a name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def lingers(user: str) -> bool:
    """Whether the systemd of ``user`` runs from the boot on, and after the user has logged out."""
    return (LINGERING / user).exists()
