"""Several requests at once: a cluster may be far away, and most of a request is waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from composer.background import Asked
from composer.errors import ComposerError, OperationsFailed
from composer.kube.cluster.failures import ClusterError

_MOST = 8
"""Requests under way at once."""

T = TypeVar("T")
R = TypeVar("R")


def each(items: Sequence[T], do: Callable[[T], R]) -> list[R]:
    """What ``do`` makes of each of ``items``, in their order.

    Raises ``OperationsFailed`` with the ``ComposerError`` of every item that failed, when all are
    done; a ``ClusterError`` at once if the cluster cannot be reached.
    """
    results: dict[int, R] = {}
    failures: dict[int, ComposerError] = {}
    lost: list[ClusterError] = []
    lock = threading.Lock()
    waiting: Iterator[tuple[int, T]] = iter(enumerate(items))

    def work() -> None:
        while True:
            with lock:
                place, item = next(waiting, (-1, None))
            if item is None or lost:
                return
            try:
                results[place] = do(item)
            except ComposerError as error:
                failures[place] = error
                if isinstance(error, ClusterError) and error.unreachable:
                    lost.append(error)

    for worker in [Asked(work) for _ in range(min(_MOST, len(items)))]:
        worker.answer()
    if lost:
        raise lost[0]
    if failures:
        raise OperationsFailed(_one_hint([failures[place] for place in sorted(failures)]))
    return [results[place] for place in range(len(items))]


def _one_hint(failures: list[ComposerError]) -> list[ComposerError]:
    """``failures``, of which only the last of several in a row with one hint gives it."""
    for error, following in pairwise(failures):
        if error.hint == following.hint:
            error.hint = None
    return failures
