"""Several requests at once: a cluster may be far away, and most of a request is waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from composer.background import Asked
from composer.errors import ComposerError, OperationsFailed

_MOST = 8
"""Requests under way at once."""

T = TypeVar("T")
R = TypeVar("R")


def each(items: Sequence[T], do: Callable[[T], R]) -> list[R]:
    """What ``do`` makes of each of ``items``, in their order.

    Raises ``OperationsFailed`` with the ``ComposerError`` of every item that failed, when all are
    done.
    """
    results: dict[int, R] = {}
    failures: dict[int, ComposerError] = {}
    lock = threading.Lock()
    waiting: Iterator[tuple[int, T]] = iter(enumerate(items))

    def work() -> None:
        while True:
            with lock:
                place, item = next(waiting, (-1, None))
            if item is None:
                return
            try:
                results[place] = do(item)
            except ComposerError as error:
                failures[place] = error

    for worker in [Asked(work) for _ in range(min(_MOST, len(items)))]:
        worker.answer()
    if failures:
        raise OperationsFailed([failures[place] for place in sorted(failures)])
    return [results[place] for place in range(len(items))]
