"""Bridges that tell their neighbours of a new address, where Podman's network stack does not care.

A Linux bridge has the lowest hardware address of what is plugged into it, so that its own changes
when containers come and go. netavark gives bridges an address that stays from 1.9 on, which came
with Podman 4.8. Before that, the other containers go on to ask the former address and get no
answer, neither for names nor for anything beyond their network, for up to a minute. With the
kernel's ``arp_notify`` the bridge tells them at once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from composer.engine.capabilities import CapabilityProbe
from composer.engine.libpod import Libpod

FIXED_FROM = (4, 8)
_SETTINGS = Path("/proc/sys/net/ipv4/conf")
_TELL_ALL = f"echo 1 >{_SETTINGS}/all/arp_notify"


class _Network(msgspec.Struct, frozen=True):
    driver: str = ""
    network_interface: str = ""


class Bridges:
    """The bridges of one engine on this machine. Safe in threads; what cannot be set is left."""

    def __init__(self, libpod: Libpod, capabilities: CapabilityProbe, *, local: bool) -> None:
        self._libpod = libpod
        self._capabilities = capabilities
        self._local = local
        self._lock = threading.Lock()
        self._names: frozenset[str] | None = None
        self._entered: set[int] = set()
        """Name servers whose network has been set. It ends with them, and the next is another."""

    def networks_changed(self) -> None:
        """Look for the bridges' names again: there is a new network."""
        with self._lock:
            self._names = None

    def attend(self) -> None:
        """Set the bridges that a container has just been plugged into."""
        if not self._local:
            return
        able = self._capabilities.get()
        if able.release >= FIXED_FROM:
            return
        with self._lock:
            if able.rootless:
                self._attend_rootless()
            else:
                self._attend_own()

    def _attend_own(self) -> None:
        """The bridges of root's Podman are in the machine's own network."""
        if self._names is None:
            found = self._libpod.get("/networks/json", kind=list[_Network])
            self._names = frozenset(n.network_interface for n in found if n.driver == "bridge")
        for name in self._names:
            setting = _SETTINGS / name / "arp_notify"
            with suppress(OSError):
                if setting.read_text() != "1\n":
                    setting.write_text("1")

    def _attend_rootless(self) -> None:
        """A rootless Podman has all its bridges in one network of its own, with its name server."""
        for process in set(_name_servers()) - self._entered:
            enter = ["nsenter", f"--target={process}", "--user", "--net", "--preserve-credentials"]
            if shutil.which("nsenter"):
                subprocess.run([*enter, "sh", "-c", _TELL_ALL], capture_output=True, check=False)
            self._entered.add(process)


def _name_servers() -> Iterator[int]:
    """The process ids of this user's name servers of container networks."""
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with suppress(OSError):
                mine = entry.stat().st_uid == os.getuid()
                if mine and Path(entry.path, "comm").read_text() == "aardvark-dns\n":
                    yield int(entry.name)
