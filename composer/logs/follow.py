"""Follows many containers: a thread for each stream puts batches on one queue, one loop prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

from composer.errors import EngineError
from composer.logs.position import Position, Repeats
from composer.logs.prefix import Prefixes, short_name
from composer.logs.printer import Printer, with_ends
from composer.state import SERVICE

if TYPE_CHECKING:
    from composer.engine.api import ContainerEvent, LogLine
    from composer.logs.source import LogSource
    from composer.state import Container, Detail

POLL = 0.2
"""Seconds between two questions whether to stop, while nothing is written."""

PAUSE = 0.5
"""Seconds before a running container's stream is asked for again when it ended without a line."""

NOT_FOUND = 404

ALIVE = ("running", "paused", "stopping")

RESTARTING = ("always", "unless-stopped", "on-failure")
"""The policies that bring a container back."""

GRACE = 3.0
"""Seconds that a container which its policy restarts may be down before it counts as ended, and
that the event of a removed container's end may take."""

KILLED = 137
"""The exit code of a container that was removed by force, if no event told it."""

NEVER_RAN = ("created", "configured", "initialized")


class Exit(NamedTuple):
    """A container that ended and is not being restarted."""

    id: str
    name: str
    exit_code: int


class _Lines(NamedTuple):
    id: str
    lines: list[LogLine]


class _Ended(NamedTuple):
    """A stream ended. ``error`` is why, if it was not the container's end."""

    id: str
    empty: bool
    error: BaseException | None


class _Output:
    """Collects what one turn of the loop prints, to print it in few writes."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._parts: list[bytes] = []
        self._is_error = False

    def add(self, data: bytes, *, is_error: bool = False) -> None:
        if is_error != self._is_error:
            self.flush()
            self._is_error = is_error
        self._parts.append(data)

    def flush(self) -> None:
        if self._parts:
            write = self._printer.write_error if self._is_error else self._printer.write
            write(b"".join(self._parts))
            self._parts.clear()


class Follower:
    """Prints what containers write until ``stop`` says so or all of them have ended.

    With ``lasting`` it also waits for containers that start when all have ended.
    """

    def __init__(
        self,
        engine: LogSource,
        project: str,
        printer: Printer,
        prefixes: Prefixes,
        *,
        wanted: Callable[[Mapping[str, str]], bool],
        since: str | None = None,
        until: str | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        stop: Callable[[], bool] = lambda: False,
        on_exit: Callable[[Exit], None] | None = None,
        lasting: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._project = project
        self._terminal = printer.terminal
        self._output = _Output(printer)
        self._prefixes = prefixes
        self._wanted = wanted
        self._since = since
        self._until = until
        self._tail = tail
        self._timestamps = timestamps
        self._stop = stop
        self._on_exit = on_exit
        self._lasting = lasting
        self._clock = clock
        self._queue: SimpleQueue[_Lines | _Ended | ContainerEvent] = SimpleQueue()
        self._positions: dict[str, Position] = {}
        self._names: dict[str, str] = {}
        self._following: set[str] = set()
        self._exit_codes: dict[str, int] = {}
        self._down_since: dict[str, float] = {}
        self._problems: list[BaseException] = []
        self._finished = Event()

    def run(self, containers: Sequence[Container]) -> None:
        """Follow ``containers``, whose prefixes are made, and those that start later.

        Raises the first error of a stream that could not be read, after the others ended.
        """
        began = datetime.fromtimestamp(self._clock(), UTC).isoformat()
        self._in_thread(self._listen)
        for container in containers:
            if container.status in NEVER_RAN:
                continue
            self._names[container.id] = container.name
            # With a tail of no lines, what came before this command is not shown later either.
            resume_at = self._since if self._tail is None else began
            self._positions[container.id] = Position(resume_at)
            self._following.add(container.id)
            self._in_thread(self._read, container.id, self._since, self._tail, Repeats(b"", 0), 0.0)
        try:
            while (self._following or self._lasting) and not self._stop():
                self._handle(self._messages())
        finally:
            self._finished.set()
        if self._problems:
            raise self._problems[0]

    # --- producers: each in a thread of its own ----------------------------------------------

    def _in_thread(self, target: Callable[..., None], *args: object) -> None:
        # Nobody waits for these at the end: a stream without output can take half a second to
        # see that it is not wanted any more.
        Thread(target=target, args=args, daemon=True).start()

    def _unwanted(self) -> bool:
        return self._finished.is_set() or self._stop()

    def _listen(self) -> None:
        try:
            for event in self._engine.events(self._project, self._unwanted):
                self._queue.put(event)
        except EngineError:
            # Without events, restarts are still seen: when a stream ends.
            return

    def _read(
        self, container: str, since: str | None, tail: int | None, shown: Repeats, pause: float
    ) -> None:
        if pause:
            self._finished.wait(pause)
        error = None
        empty = True
        try:
            for batch in self._engine.logs(
                container,
                follow=True,
                since=since,
                until=self._until,
                tail=tail,
                timestamps=True,
                stop=self._unwanted,
            ):
                lines = shown.drop(batch)
                if lines:
                    empty = False
                    self._queue.put(_Lines(container, lines))
        except BaseException as problem:
            error = problem
        self._queue.put(_Ended(container, empty, error))

    # --- the loop ----------------------------------------------------------------------------

    def _messages(self) -> list[_Lines | _Ended | ContainerEvent]:
        """All messages that wait; none if nothing came for ``POLL`` seconds."""
        messages = []
        try:
            messages.append(self._queue.get(timeout=POLL))
            while True:
                messages.append(self._queue.get_nowait())
        except Empty:
            return messages

    def _handle(self, messages: Sequence[_Lines | _Ended | ContainerEvent]) -> None:
        for message in messages:
            if isinstance(message, _Lines):
                self._positions[message.id].passed(message.lines)
                self._print(message)
            elif isinstance(message, _Ended):
                self._after_stream(message)
            else:
                self._on_event(message)
        self._output.flush()

    def _print(self, message: _Lines) -> None:
        start = self._prefixes.of(message.id)
        ends = with_ends(message.lines, terminal=self._terminal, timestamps=self._timestamps)
        lines = [start + line for line in ends]
        if self._on_exit is None:
            self._output.add(b"".join(lines))
            return
        for line, data in zip(message.lines, lines, strict=True):
            self._output.add(data, is_error=line.stream == "stderr")

    def _on_event(self, event: ContainerEvent) -> None:
        if event.action == "died" and event.exit_code is not None:
            self._exit_codes[event.id] = event.exit_code
        elif event.action == "start" and event.id not in self._following:
            if event.id in self._positions:
                self._resume(event.id)
            elif self._wanted(event.labels):
                self._names[event.id] = event.name
                label = short_name(event.name, self._project)
                self._prefixes.add(event.id, label, event.labels.get(SERVICE, ""))
                self._positions[event.id] = Position(None)
                self._resume(event.id)

    def _resume(self, container: str, pause: float = 0.0) -> None:
        position = self._positions[container]
        self._following.add(container)
        self._in_thread(self._read, container, position.since, None, position.repeats(), pause)

    def _after_stream(self, ended: _Ended) -> None:
        container = ended.id
        gone = isinstance(ended.error, EngineError) and ended.error.status == NOT_FOUND
        if ended.error is not None and not gone:
            self._problems.append(ended.error)
            self._following.discard(container)
            return
        known = self._exit_codes.get(container)
        try:
            detail = self._engine.inspect(container)
        except EngineError:
            # It was removed. How it ended is told by an event, which may come after this.
            if known is None and self._on_exit is not None and self._is_new(container):
                self._resume(container, PAUSE)
            else:
                self._end(container, KILLED if known is None else known)
            return
        if detail.status in ALIVE and self._until is None:
            if (code := self._exit_codes.pop(container, None)) is not None:
                self._say_exited(container, code, " (restarting)")
            self._down_since.pop(container, None)
            self._resume(container, PAUSE if ended.empty else 0.0)
        elif self._until is None and self._may_restart(container, detail):
            self._resume(container, PAUSE)
        else:
            self._end(container, detail.exit_code)

    def _may_restart(self, container: str, detail: Detail) -> bool:
        policy = detail.restart_policy
        if policy not in RESTARTING or (policy == "on-failure" and detail.exit_code == 0):
            return False
        return self._is_new(container)

    def _is_new(self, container: str) -> bool:
        """Whether it is known for no longer than ``GRACE`` that the container is down."""
        now = self._clock()
        return now - self._down_since.setdefault(container, now) < GRACE

    def _end(self, container: str, code: int) -> None:
        self._following.discard(container)
        self._down_since.pop(container, None)
        self._exit_codes.pop(container, None)
        self._say_exited(container, code)
        if self._on_exit is not None:
            self._output.flush()
            self._on_exit(Exit(container, self._names[container], code))

    def _say_exited(self, container: str, code: int, more: str = "") -> None:
        if self._on_exit is not None:
            label = self._prefixes.label(container)
            self._output.add(f"{label} exited with code {code}{more}\n".encode())
