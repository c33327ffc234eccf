"""Checks of the name server by which services find each other, on the engine's own machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from composer.doctor.host import Host

PROGRAM = "aardvark-dns"


def lost_entries(host: Host, run_root: str) -> tuple[Path, list[str]]:
    """The folder of the name server's entries, and its networks with containers that do not run.

    A rootless Podman leaves entries behind when it cannot publish a port, or is killed. The name
    server fails because of them, and with it the names of all containers.
    """
    place = Path(run_root, "networks", PROGRAM)
    alive = set(_monitored(host))
    lost = []
    with suppress(OSError):
        for file in sorted((host.root / place.relative_to("/")).iterdir()):
            entries = file.read_text().splitlines()[1:]
            if {entry.split(" ", 1)[0] for entry in entries if entry} - alive:
                lost.append(file.name)
    return place, lost


def _monitored(host: Host) -> Iterator[str]:
    """The ids of containers that have a monitor (``conmon … -c ID``)."""
    for entry in (host.root / "proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = entry.read_bytes().decode(errors="replace").split("\0")
            if Path(words[0]).name == "conmon" and "-c" in words[:-1]:
                yield words[words.index("-c") + 1]
