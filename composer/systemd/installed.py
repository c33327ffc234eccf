"""The units of a project that are installed, read from the files: they outlive the Compose file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from composer.state import NUMBER, SERVICE
from composer.systemd.places import Place, owner
from composer.systemd.units import QUADLET_SUFFIXES, Replica

_WANTS = re.compile(r"^Wants=(.+)$", re.MULTILINE)
_SERVICE = re.compile(rf"{re.escape(SERVICE)}=([^\s\"']+)")
_NUMBER = re.compile(rf"{re.escape(NUMBER)}=([^\s\"']+)")
_CONTAINER = re.compile(r"^ContainerName=(\S+)$|^\s+--name[ =](\S+)", re.MULTILINE)


class Installed(NamedTuple):
    """What is installed of one project in one place."""

    project: str
    place: Place
    files: tuple[Path, ...]
    replicas: tuple[Replica, ...]
    services: tuple[str, ...]
    """All services, also those of networks, volumes, pods and images."""
    members: tuple[str, ...]
    """Those that run something: of replicas and of pods."""

    @property
    def target(self) -> str:
        """The unit that starts and stops all others."""
        return f"{self.project}.target"

    def units_of(self, service: str) -> tuple[str, ...]:
        """The units of the replicas of ``service``; none if there is no such service."""
        return tuple(r.unit for r in self.replicas if r.service == service)


def files_of(project: str, place: Place) -> tuple[Path, ...]:
    """The files that composer has installed for ``project``, sorted by folder and name."""
    found = []
    for folder in dict.fromkeys((place.units, place.quadlets)):
        # The links that enable a unit are in folders, and other files are somebody else's.
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        found += [path for path in paths if path.is_file() and owner(path) == project]
    return tuple(found)


def installed(project: str, place: Place) -> Installed | None:
    """What is installed of ``project`` in ``place``; None for nothing."""
    files = files_of(project, place)
    target = place.units / f"{project}.target"
    if target not in files:
        return None
    named = {path.name: path for path in files}
    wanted = [unit for line in _WANTS.findall(_text(target)) for unit in line.split()]
    replicas = tuple(r for unit in wanted if (r := _replica(unit, named)) is not None)
    made = {service: path for path in files for service in service_of(path.name)}
    part = f"PartOf={target.name}\n"
    members = [service for service in sorted(made) if part in _text(made[service])]
    return Installed(
        project,
        place,
        files,
        replicas,
        services=tuple(dict.fromkeys([*wanted, *sorted(made)])),
        members=tuple(dict.fromkeys([*wanted, *members])),
    )


def service_of(file: str) -> Iterator[str]:
    """The service that a file of a unit is or becomes; none for a template or another file."""
    stem, suffix = Path(file).stem, Path(file).suffix
    if stem.endswith("@"):
        return
    if suffix in (".service", ".container"):
        yield f"{stem}.service"
    elif suffix in QUADLET_SUFFIXES:
        yield f"{stem}-{suffix[1:]}.service"


def _replica(unit: str, named: dict[str, Path]) -> Replica | None:
    """The replica that ``unit`` runs, as its file says."""
    stem = unit.removesuffix(".service")
    base, at, instance = stem.partition("@")
    names = [f"{stem}.container", f"{stem}.service"]
    names += [f"{base}@.container", f"{base}@.service"] if at else []
    path = next((named[name] for name in names if name in named), None)
    if path is None:
        return None
    text = _text(path)

    def said(pattern: re.Pattern[str]) -> str:
        match = pattern.search(text)
        return next(filter(None, match.groups()), "").replace("%i", instance) if match else ""

    number = said(_NUMBER)
    return Replica(said(_SERVICE), int(number) if number.isdecimal() else 1, said(_CONTAINER), unit)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
