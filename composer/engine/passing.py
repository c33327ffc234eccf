"""Calls again when Podman refuses because of something that passes.

Podman refuses to stop or remove what ends by itself while it is about to send a signal: nobody is
there to get it, and nothing is removed then. It reports a mount that another of its processes is
just giving up, and has removed the container all the same. It removes no container before those
that share its namespaces, which may be going at that moment. And it starts none in the namespaces
of one that others are just starting, as members of a pod do with the infra container.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import NamedTuple

from composer.engine.libpod import Libpod, Query
from composer.errors import EngineError


class Passing(NamedTuple):
    """Refusals that pass, by a part of their text or by their status, within so many seconds."""

    seconds: float
    texts: tuple[str, ...]
    statuses: tuple[int, ...] = ()

    def includes(self, error: EngineError) -> bool:
        """Whether ``error`` is one of them."""
        return error.status in self.statuses or any(text in error.message for text in self.texts)


ENDING = Passing(
    5.0, ("container state improper", "device or resource busy", "dependent containers")
)
ENDING_POD = ENDING._replace(statuses=(409,))
"""Of members that end by themselves meanwhile Podman tells with a status alone."""
STARTING = Passing(1.0, ("cannot get namespace path unless container",))
NEVER = Passing(0.0, ())
PAUSE = 0.05


def insist(
    libpod: Libpod,
    method: str,
    path: str,
    query: Query | None = None,
    *,
    passing: Passing,
    ok: Collection[int],
    what: str,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call until Podman does as asked; parameters are those of ``Libpod.call``.

    Raises ``EngineError`` for a refusal that is not ``passing`` at once, and else the last one.
    """
    deadline: float | None = None
    while True:
        try:
            libpod.call(method, path, query, ok=ok, what=what)
            return
        except EngineError as error:
            now = clock()
            deadline = now + passing.seconds if deadline is None else deadline
            if now >= deadline or not passing.includes(error):
                raise
        sleep(PAUSE)
