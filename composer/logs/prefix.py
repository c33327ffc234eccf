"""What stands before each log line: the replica's short name, padded to the widest, coloured."""

from __future__ import annotations

from zlib import crc32

from composer.printable import printable

COLOURS = (31, 130, 28, 162, 27, 64, 129, 30, 131, 99, 29, 164)
"""Numbers of xterm's 256 colours. All have a contrast of at least 3.9 to black and to white, and
neighbours differ in hue, so that the replicas of one service are easy to tell apart."""


def short_name(name: str, project: str) -> str:
    """The name of a container without its project: ``app-1`` for ``shop-app-1``."""
    for separator in "-_":
        if project and name.startswith(project + separator):
            return name[len(project) + 1 :]
    return name


def colour_of(label: str) -> int:
    """The colour of a replica. It depends on the name alone, so it is the same in every run."""
    stem = label.rstrip("0123456789")
    number, service = label[len(stem) :], stem.rstrip("-_")
    return COLOURS[(crc32(service.encode()) + int(number or 0)) % len(COLOURS)]


class Prefixes:
    """The prefixes of all containers shown so far. All widen when a longer name is added."""

    def __init__(self, *, shown: bool, colour: bool, bracketed: bool = False) -> None:
        self._shown = shown
        self._bracketed = bracketed
        """Containers are shown as ``[SERVICE]``, as podman-compose does."""
        self._colour = colour
        self._labels: dict[str, str] = {}
        self._width = 0
        self._made: dict[str, bytes] = {}

    def add(self, key: str, label: str, service: str = "") -> None:
        """Show the container ``key`` (its id), of ``service``, as ``label`` from now on."""
        label = printable(f"[{service}]" if self._bracketed else label)
        self._labels[key] = label
        self._width = max(self._width, len(label))
        self._made.clear()

    def label(self, key: str) -> str:
        """What the container ``key`` is shown as."""
        return self._labels[key]

    def of(self, key: str) -> bytes:
        """The bytes to put before each line of the container ``key``."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(self._labels[key])
        return made

    def _make(self, label: str) -> bytes:
        if not self._shown:
            return b""
        text = f"{label:<{self._width}}{' ' if self._bracketed else '  '}| "
        return (f"\x1b[38;5;{colour_of(label)}m{text}\x1b[0m" if self._colour else text).encode()
