"""Threads that run operations: so many at once, and the most urgent first."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from typing import NamedTuple

from composer.plan.operations import Operation


class _Task(NamedTuple):
    """An operation for a worker, smallest ``rank`` first; None ends the worker."""

    rank: int
    order: int
    operation: Operation | None


class Workers:
    """At most ``limit`` threads, made when they are needed, that call ``run`` with operations.

    ``submit`` may be called from one thread at a time, also from within ``run``.
    """

    def __init__(self, limit: int, run: Callable[[Operation], None]) -> None:
        self._limit = limit
        self._run = run
        self._tasks: queue.PriorityQueue[_Task] = queue.PriorityQueue()
        self._order = itertools.count()
        self._threads = 0

    def submit(self, operation: Operation, rank: int) -> None:
        """Run ``operation`` as soon as a thread is free, before those of a higher ``rank``."""
        if self._threads < self._limit:
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()
        self._tasks.put(_Task(rank, next(self._order), operation))

    def end(self) -> None:
        """Let the threads end when nothing is left to run."""
        for _ in range(self._threads):
            self._tasks.put(_Task(1, next(self._order), None))
        self._threads = 0

    def _work(self) -> None:
        while (operation := self._tasks.get().operation) is not None:
            self._run(operation)
