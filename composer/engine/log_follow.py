"""Follows the log file of a container on this machine until the container's end is read.

Podman 4.3's API cuts a followed log off a quarter of a second after the container's end, however
much of it is left to send, and tells times in whole seconds. The file has it all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from composer.engine.detail import inspect
from composer.engine.libpod import Libpod, filters
from composer.engine.log_file import LogFile, between

if TYPE_CHECKING:
    from composer.engine.api import LogLine
    from composer.engine.detail import Inspected

_POLL_SECONDS = 0.1
_ALIVE = ("running", "paused", "stopping")


def follow_file(
    libpod: Libpod,
    inspected: Inspected,
    path: Path,
    *,
    since: bytes,
    tail: int | None,
    stop: Callable[[], bool] | None,
) -> Iterator[list[LogLine]]:
    """The lines of ``path`` from ``since`` (a normalised time) on, the last ``tail`` of those that
    are there, and all that come until the container ended.

    The file is looked at ten times a second.
    """
    log = LogFile(path)
    unwanted = stop or _never
    with closing(log):
        yield between(log.skip_to_tail(tail) if tail is not None else [], since)
        yield from _batches(log, since)
        if inspected.state.status in _ALIVE:
            for _ in _life(libpod, inspected.id):
                if unwanted():
                    return
                yield from _batches(log, since)
            yield from _batches(log, since)
        yield between(log.finish(), since)


def _life(libpod: Libpod, container: str) -> Iterator[None]:
    """Yields ten times a second until the container has died: GET /libpod/events.

    Waiting for an event costs Podman next to nothing; ``wait`` makes it look at the container all
    the time, and answers with not a byte before the end.
    """
    wanted = filters({"container": [container], "event": ["died"]})
    with libpod.stream("GET", "/events", {"stream": True, "filters": wanted}) as deaths:
        # It may have died while nobody listened yet.
        if inspect(libpod, container).state.status in _ALIVE:
            while deaths.read(_POLL_SECONDS) is None:
                yield


def _batches(log: LogFile, since: bytes) -> Iterator[list[LogLine]]:
    while (lines := log.read()) is not None:
        if kept := between(lines, since):
            yield kept


def _never() -> bool:
    return False
