"""What is generated for a project: files of units, and the secrets that these need."""

from __future__ import annotations

from typing import Literal, NamedTuple

Format = Literal["quadlet", "units"]

QUADLET_SUFFIXES = (".container", ".pod", ".network", ".volume", ".build", ".image")

MARK = "# composer-project: "
"""Begins the line of a file that says whose it is; the project's name follows."""


class UnitFile(NamedTuple):
    """One file."""

    name: str
    """``demo-web-1.container``, ``demo.target``."""
    text: str

    @property
    def quadlet(self) -> bool:
        """Whether Quadlet reads it: it has a folder of its own then, apart from systemd's."""
        return self.name.endswith(QUADLET_SUFFIXES)


class SecretText(NamedTuple):
    """A secret of Podman's that has to be there before the units start: from a file, or a text."""

    name: str
    """Podman's name for it: ``demo_token``."""
    source: str
    """Where it comes from, in the words of the file: ``secrets.token``."""
    file: str | None
    """The file with the text."""
    content: bytes | None
    """The text, if it has no file of its own (``environment``, ``content``)."""
    made_by: str = ""
    """The command that makes it by hand."""


class Replica(NamedTuple):
    """A container, and the unit that runs it."""

    service: str
    number: int
    container: str
    """``demo-web-1``"""
    unit: str
    """``demo-web-1.service``; ``demo-app@2.service`` where replicas share a template."""


class Units(NamedTuple):
    """All that systemd has to be given for one project."""

    project: str
    format: Format
    target: str
    """The unit that starts and stops all others: ``demo.target``."""
    files: tuple[UnitFile, ...]
    """In a stable order, the target first."""
    secrets: tuple[SecretText, ...]
    replicas: tuple[Replica, ...]
    warnings: tuple[str, ...]
    """What systemd or Podman cannot do, each with its place in the Compose file."""


class Machine(NamedTuple):
    """What decides on how units are written."""

    release: tuple[int, int]
    """Podman's: ``(5, 4)``."""
    user: bool
    """Units of a user (``systemctl --user``), not of the system."""
    rootless: bool = False
    """Podman runs without root's rights."""
    cgroups_v2: bool = True
    program: str = "/usr/bin/podman"
    """Where the units of the classic format find Podman."""
    socket: str = ""
    """The engine's socket, for ``use_api_socket``."""
    volumes: str = ""
    """Where the engine keeps volumes, for ``volume.subpath``; its usual place if that is empty."""
