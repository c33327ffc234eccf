"""What all parts of the engine share: the connection, warnings, and what creates containers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from composer.engine.capabilities import CapabilityProbe
from composer.engine.libpod import Libpod

if TYPE_CHECKING:
    from composer.engine.bridges import Bridges
    from composer.engine.create import Creator
    from composer.engine.program import Program
    from composer.engine.transport import Transport

GONE = (404,)
ALREADY = (304,)


class Base:
    """One engine's connection. Its methods may be called from several threads at once."""

    def __init__(self, transport: Transport, program: Program) -> None:
        self._libpod = Libpod(transport)
        self._program = program
        self._local = transport.url.startswith("unix://")
        self._capabilities = CapabilityProbe(self._libpod, transport.url)
        self._bridges_known: Bridges | None = None
        self._warnings: dict[str, None] = {}
        self._sessions: list[str] = []
        """Exec sessions of probes."""
        self._unstarted: set[str] = set()
        """Containers without root's rights that failed to start."""
        self._lock = threading.Lock()
        self._creator: Creator | None = None

    @property
    def url(self) -> str:
        """Where the engine is."""
        return self._libpod.transport.url

    @property
    def warnings(self) -> list[str]:
        """What the engine could not honour so far, each once, in the order of appearance."""
        with self._lock:
            return list(self._warnings)

    def _warn(self, text: str) -> None:
        with self._lock:
            self._warnings.setdefault(text)

    def _create(self) -> Creator:
        from composer.engine.create import Creator

        with self._lock:
            if self._creator is None:
                can = self._capabilities.get()
                self._creator = Creator(self._libpod, self.url, self._warn, can)
            return self._creator

    @property
    def _bridges(self) -> Bridges:
        from composer.engine.bridges import Bridges

        with self._lock:
            if self._bridges_known is None:
                found = Bridges(self._libpod, self._capabilities, local=self._local)
                self._bridges_known = found
            return self._bridges_known

    def _images_changed(self) -> None:
        with self._lock:
            if self._creator is not None:
                self._creator.images.forget()

    def close(self) -> None:
        """Close the connections, and clear away what probes and failed starts have left."""
        if self._local and self._sessions:
            from composer.engine.monitors import end_monitors

            end_monitors(frozenset(self._sessions))
        if self._unstarted:
            from composer.engine.name_entries import forget

            forget(self._libpod, self._unstarted)
        self._libpod.transport.close()


def whole(seconds: float | None) -> int | None:
    """Podman takes whole seconds; a fraction is rounded up, so that nothing is killed early."""
    return None if seconds is None else max(0, int(-(-seconds // 1)))
