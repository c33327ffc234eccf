"""What the mapping of one service to one container needs to know besides the service itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from composer.engine.no_effect import NO_EFFECT, Version
from composer.errors import ComposerError
from composer.spec.model import Pod, Port, Project, Service
from composer.state import OneOff


class ImageConfig(msgspec.Struct, frozen=True):
    """The parts of an image that a container inherits (GET /libpod/images/{name}/json)."""

    id: str
    name: str
    """The full name under which it was found."""
    command: tuple[str, ...] = ()
    healthcheck: dict[str, Any] = {}
    """As the image has it: Test, Interval, Timeout, Retries, StartPeriod; empty for none."""
    volumes: tuple[str, ...] = ()
    """Where containers get anonymous volumes, unless something else is mounted there."""


class InjectedFile(msgspec.Struct, frozen=True):
    """A file that is copied into the container before it starts, so that ``inspect`` has none of
    its content."""

    path: str
    content: bytes
    uid: int = 0
    gid: int = 0
    mode: int = 0o444
    of: str = ""
    """The secret or config that it is: ``secrets.token``."""


class NetworkFacts(msgspec.Struct, frozen=True):
    """What a container's mapping needs to know of a network that is there."""

    gateways: tuple[str, ...] = ()
    """The addresses of the engine's machine in it."""
    dns: bool = False
    """Podman's name server answers at these addresses."""


@dataclass(frozen=True)
class Surroundings:
    """Questions about the engine that a mapping may ask. Each may take a call."""

    peer: Callable[[str], str]
    """Id of the first container of a service of the project."""
    free_port: Callable[[Port], int]
    """A host port out of the range that ``published`` names."""
    volume_path: Callable[[str], str]
    """Where a named volume lies on the engine's machine."""
    local: bool
    """The engine sees the files of this machine."""
    network: Callable[[str], NetworkFacts]
    """What the engine says about a network."""
    host_address: Callable[[], str]
    """An address of the engine's machine that containers reach; empty when none is known."""
    release: Version
    """Podman's, as far as it decides on what is honoured."""
    rootless: bool
    """The bridges of networks are not on the machine itself."""
    socket: str = ""
    """The engine's socket file, empty when there is none on this machine."""
    deferred: bool = False
    """The container is only described, and made later by somebody else (systemd): no folder is
    made for it now, and each secret counts as a text that it has to be given."""


@dataclass(frozen=True)
class Context:
    """One replica to be mapped."""

    project: Project
    service: Service
    number: int
    name: str
    image: ImageConfig
    around: Surroundings
    oneoff: OneOff | None = None
    inherited: Mapping[str, str] = field(default_factory=dict)
    """Volume by target: the anonymous volumes of the container that this one replaces."""
    warnings: list[str] = field(default_factory=list)
    files: list[InjectedFile] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """Sources of bind mounts that have to be made first, where ``around.deferred``."""
    pod: Pod | None = None
    """The pod that the container is made in."""
    place: str = ""
    """Where the file says what is mapped; empty for ``services.NAME``."""

    @property
    def path(self) -> str:
        """Where the file says what is mapped."""
        return self.place or f"services.{self.service.name}"

    def joins(self, namespace: str) -> bool:
        """Whether the container enters ``namespace`` (``net``, ``uts`` …) of a pod."""
        return self.pod is not None and self.pod.shares(namespace)

    def warn(self, attribute: str, text: str) -> None:
        """Say that a part of the service is not honoured."""
        self.warnings.append(f"{self.path}.{attribute}: {text}")

    def wrong(self, attribute: str, text: str, hint: str) -> ComposerError:
        """The error for a value that cannot be, with its place in the file."""
        path = f"{self.path}.{attribute}"
        return ComposerError(f"{path}: {text}", hint=hint, position=self.project.where(path))

    def lacks(self, pattern: str, *words: str, attribute: str = "") -> None:
        """Say that Podman cannot honour ``services.*.PATTERN``, for the reason in ``NO_EFFECT``.

        ``words`` fill in the reason, ``attribute`` is the path itself where it is not the pattern.
        """
        why = NO_EFFECT[f"services.*.{pattern}"].why.format(*words)
        self.warn(attribute or pattern, why)
