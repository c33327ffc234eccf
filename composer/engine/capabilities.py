"""What an engine can do, found with one quick call (``/libpod/info`` takes a fifth of a second)."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from composer.engine.libpod import Libpod
from composer.engine.registries import configured, searched
from composer.engine.transport import unreachable
from composer.state import Capabilities


class _Security(msgspec.Struct, frozen=True):
    rootless: bool = False


class _Host(msgspec.Struct, frozen=True):
    security: _Security = _Security()


class _Registries(msgspec.Struct, frozen=True):
    search: list[str] | None = None


class _Info(msgspec.Struct):
    host: _Host = _Host()
    registries: _Registries = _Registries()


class CapabilityProbe:
    """Looks once and remembers. Safe in threads."""

    def __init__(self, libpod: Libpod, url: str) -> None:
        self._libpod = libpod
        self._url = url
        self._known: Capabilities | None = None
        self._lock = threading.Lock()

    def get(self) -> Capabilities:
        """The capabilities of the engine. Raises ``EngineError``."""
        with self._lock:
            if self._known is None:
                self._known = self._look()
            return self._known

    def _look(self) -> Capabilities:
        version = self._libpod.call("GET", "/_ping").service_version
        path = self._url.removeprefix("unix://")
        if path == self._url:
            # Whether another machine runs systemd cannot be seen; assuming not is always safe.
            info = self._libpod.get("/info", kind=_Info)
            rootless, systemd = info.host.security.rootless, False
            listed: Sequence[str] = info.registries.search or ()
        else:
            rootless = _owner(path) != 0
            systemd = Path("/run/systemd/system").is_dir()
            listed = configured(os.environ)
        return Capabilities(
            version=version, rootless=rootless, systemd=systemd, registries=searched(listed)
        )


def _owner(path: str) -> int:
    """The user id of the process that listens on the socket. Raises ``EngineError``."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connected:
            connected.connect(path)
            credentials = connected.getsockopt(
                socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
            )
    except OSError as error:
        raise unreachable(f"unix://{path}", error) from error
    return int(struct.unpack("3i", credentials)[1])
