"""Runs a plan in parallel, each operation as soon as those before it are done.

Of several that are ready, the one that the longest chain of others waits for goes first.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from composer.engine.api import Engine
from composer.errors import ComposerError, Interrupted, OperationsFailed
from composer.plan.operations import (
    Operation,
    RemoveContainer,
    RemovePod,
    RestartContainer,
    StopContainer,
    StopPod,
    WaitFor,
)
from composer.plan.plan import Plan
from composer.scheduler.describe import words
from composer.scheduler.events import (
    EventSink,
    Failed,
    Finished,
    Kind,
    Notice,
    Planned,
    Skipped,
    Started,
)
from composer.scheduler.execute import Executor
from composer.scheduler.workers import Workers
from composer.spec.model import Project

_PATIENT = (StopContainer, RestartContainer, RemoveContainer, StopPod, RemovePod)
"""What mostly waits for processes to end."""
PATIENCE = 64
"""How many of those run at once, unless the user says how many."""


class Scheduler:
    """Executes plans on ``engine``.

    ``emit`` gets the events, from several threads. At most ``parallel`` operations run at once.
    None: eight, or twice as many as there are processors, and more of those that mostly wait for
    processes to end: a container may take its whole grace period. Waiting for a condition does not
    count. ``stopped`` may be set from outside to end early, as Ctrl-C does.
    """

    def __init__(
        self,
        engine: Engine,
        project: Project,
        emit: EventSink,
        *,
        parallel: int | None = None,
        stopped: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._stopped = stopped or threading.Event()
        self._clock = clock
        self._executor = Executor(engine, project, emit, self._stopped, clock)
        self._parallel = parallel
        self._lock = threading.Lock()
        self._ended: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._running = 0
        self._crash: BaseException | None = None

    def run(self, plan: Plan) -> None:
        """Run every operation of ``plan``.

        When one fails, those that need it are skipped and the rest goes on. Raises
        ``OperationsFailed`` with all failures, ``Interrupted`` after Ctrl-C. Pulls, builds and
        pushes are given up then; what else runs at that moment is finished first, unless Ctrl-C
        is pressed again.
        """
        shown = [(w.kind, w.subject) for w in map(words, plan) if w.shown]
        self._emit(Planned(len(set(shown))))
        run = _Run(plan)
        run_one = partial(self._run_one, run)
        self._workers = Workers(self._parallel or max(8, 2 * (os.cpu_count() or 2)), run_one)
        self._patient = self._workers if self._parallel else Workers(PATIENCE, run_one)
        with self._lock:
            self._submit_all(run, run.first())
        try:
            while self._running:
                try:
                    self._ended.get()
                except KeyboardInterrupt:
                    if self._stopped.is_set():
                        raise Interrupted from None
                    self._stopped.set()
                    self._emit(Notice("Stopping: what runs is finished first. Ctrl-C again ends."))
        finally:
            self._workers.end()
            self._patient.end()
        self._executor.close()
        if self._crash is not None:
            raise self._crash
        if self._stopped.is_set():
            raise Interrupted
        if run.failures:
            raise OperationsFailed(run.failures)

    @property
    def provided(self) -> Mapping[str, Mapping[str, str]]:
        """The variables that providers have set, by service."""
        return self._executor.provided

    def _settle(self, run: _Run, operation: Operation, error: BaseException | None) -> None:
        """Record how ``operation`` ended, and submit what that makes ready.

        The thread that ran it does this, before it takes its next task: what just became ready
        may be more urgent than what has been waiting.
        """
        with self._lock:
            ready: list[Operation] = []
            if error is None:
                ready = run.done(operation)
            elif isinstance(error, ComposerError) and not isinstance(error, Interrupted):
                ready = self._fail(run, operation, error)
            else:
                self._stopped.set()
                self._crash = None if isinstance(error, Interrupted) else error
            if not self._stopped.is_set():
                self._submit_all(run, ready)
            self._running -= 1
            if not self._running:
                self._ended.put(None)

    def _fail(self, run: _Run, operation: Operation, error: ComposerError) -> list[Operation]:
        """Report a failure and what is skipped for it; what is ready to run all the same.

        Several steps may be about one resource: that is told of once.
        """
        failed = words(operation)
        run.told.add((failed.kind, failed.subject))
        self._emit(Failed(operation.id, failed.kind, failed.subject, error))
        ready, skipped = run.failed(operation, error)
        for other in skipped:
            shown = words(other)
            subject = shown.kind, shown.subject
            if shown.shown and subject not in run.told:
                run.told.add(subject)
                because = f"{failed.kind.lower()} {failed.subject} failed"
                self._emit(Skipped(other.id, shown.kind, shown.subject, because))
        return ready

    def _submit_all(self, run: _Run, operations: list[Operation]) -> None:
        """Hand ``operations`` to workers. A wait gets a thread of its own."""
        self._running += len(operations)
        for operation in sorted(operations, key=lambda o: -run.following[o.id]):
            if isinstance(operation, WaitFor):
                wait = threading.Thread(target=self._run_one, args=(run, operation), daemon=True)
                wait.start()
                continue
            workers = self._patient if isinstance(operation, _PATIENT) else self._workers
            workers.submit(operation, -run.following[operation.id])

    def _run_one(self, run: _Run, operation: Operation) -> None:
        kind, subject, doing, done, shown = words(operation)
        failure: BaseException | None = None
        try:
            if self._stopped.is_set():
                raise Interrupted
            if shown:
                self._emit(Started(operation.id, kind, subject, doing))
            begun = self._clock()
            ended = self._executor.run(operation) or done
            if shown:
                seconds = self._clock() - begun
                self._emit(Finished(operation.id, kind, subject, ended, seconds))
        except BaseException as error:
            failure = error
        self._settle(run, operation, failure)


class _Run:
    """How far one run of a plan is: what still has to come before each operation."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._missing = {operation.id: len(plan.before(operation.id)) for operation in plan}
        self._skipped: set[str] = set()
        self.failures: list[ComposerError] = []
        self.told: set[tuple[Kind, str]] = set()
        """What was said to have failed or to be skipped."""
        self.following: dict[str, int] = {}
        """By operation: the length of the longest chain of operations that wait for it."""
        for operation in reversed(list(plan)):
            after = plan.after(operation.id)
            self.following[operation.id] = max((self.following[o] + 1 for o in after), default=0)

    def first(self) -> list[Operation]:
        """The operations that nothing comes before."""
        return [operation for operation in self._plan if self._missing[operation.id] == 0]

    def done(self, operation: Operation) -> list[Operation]:
        """Operations that are ready now that ``operation`` is done (or need not have been)."""
        ready = []
        for after in self._plan.after(operation.id):
            self._missing[after] -= 1
            if self._missing[after] == 0 and after not in self._skipped:
                ready.append(self._plan[after])
        return ready

    def failed(
        self, operation: Operation, error: ComposerError
    ) -> tuple[list[Operation], list[Operation]]:
        """Record a failure: the operations that are ready now, and those that will not run."""
        self.failures += error.failures if isinstance(error, OperationsFailed) else [error]
        ready: list[Operation] = []
        skipped: list[Operation] = []
        lost = [operation.id]
        while lost:
            current = lost.pop()
            for after, required in self._plan.after(current).items():
                self._missing[after] -= 1
                if after in self._skipped:
                    continue
                if required:
                    self._skipped.add(after)
                    skipped.append(self._plan[after])
                    lost.append(after)
                elif self._missing[after] == 0:
                    ready.append(self._plan[after])
        return [op for op in ready if op.id not in self._skipped], skipped
