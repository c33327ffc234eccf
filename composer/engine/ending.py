"""Ends containers and pods although Podman refuses to at the moment, because something passes.

Podman refuses to stop or remove what ends by itself while it is about to send a signal: nobody is
there to get it, and nothing is removed then. It reports a mount that another of its processes is
just giving up, and has removed the container all the same. And it removes no container before those
that share its namespaces, which may be going at that moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from composer.engine.libpod import Libpod, Query
from composer.errors import EngineError

SECONDS = 5.0
"""How long a refusal may last before it counts as an error."""
_PAUSE = 0.05
_PASSING = ("container state improper", "device or resource busy", "dependent containers")


def end(
    libpod: Libpod,
    method: str,
    path: str,
    query: Query | None = None,
    *,
    ok: Collection[int],
    what: str,
    passing: Collection[int] = (),
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call until Podman does as asked; parameters are those of ``Libpod.call``.

    Statuses in ``passing`` are refusals that pass, as are those whose text says so. Raises the last
    ``EngineError`` when one has not passed after ``SECONDS``, and any other at once.
    """
    deadline: float | None = None
    while True:
        try:
            libpod.call(method, path, query, ok=ok, what=what)
            return
        except EngineError as error:
            if error.status not in passing and not any(t in error.message for t in _PASSING):
                raise
            now = clock()
            deadline = deadline or now + SECONDS
            if now >= deadline:
                raise
        sleep(_PAUSE)
