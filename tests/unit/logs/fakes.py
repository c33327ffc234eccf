"""An engine whose containers write what a test tells them to, and a printer that remembers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event
from typing import cast

from composer.engine.api import ContainerEvent, Engine, LogLine
from composer.errors import EngineError
from composer.state import NUMBER, ONEOFF, PROJECT, SERVICE, Container, Detail


class Recorder:
    """A printer that keeps all writes."""

    def __init__(self, *, colour: bool = False, terminal: bool = False) -> None:
        self.colour = colour
        self.terminal = terminal
        self.out = b""
        self.error = b""
        self.writes = 0

    def write(self, data: bytes) -> None:
        self.out += data
        self.writes += 1

    def write_error(self, data: bytes) -> None:
        self.error += data

    @property
    def lines(self) -> list[str]:
        return self.out.decode().splitlines()


def container(service: str, number: int = 1, *, oneoff: bool = False) -> Container:
    name = f"shop-{service}-{number}"
    return Container(
        id=f"id-{service}-{number}",
        name=name,
        status="running",
        labels={
            PROJECT: "shop",
            SERVICE: service,
            NUMBER: str(number),
            ONEOFF: str(oneoff),
        },
    )


def at(second: int, text: str, fraction: str = "000000000") -> LogLine:
    return LogLine("stdout", text.encode(), f"2026-01-01T00:00:{second:02}.{fraction}Z".encode())


class LogEngine:
    """Plays streams. A stream is a list of batches, steps to call, or an error to raise.

    Each request for a container's logs plays the next stream of that container. Without one, a
    following request lasts until it is told to stop, and any other is empty.
    """

    def __init__(self) -> None:
        self.streams: dict[str, list[list[object]]] = defaultdict(list)
        self.details: dict[str, Detail] = {}
        self.requests: list[tuple[str, str | None, int | None, bool]] = []
        self.happenings: SimpleQueue[ContainerEvent] = SimpleQueue()
        self.heard = Event()
        """Set once whoever listens has taken an event."""
        self._never = Event()

    @property
    def api(self) -> Engine:
        return cast("Engine", self)

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        since: str | None = None,
        until: str | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[list[LogLine]]:
        self.requests.append((container, since, tail, timestamps))
        if not self.streams[container]:
            while follow and stop is not None and not stop():
                self._never.wait(0.01)
            return
        for step in self.streams[container].pop(0):
            if isinstance(step, EngineError):
                raise step
            if callable(step):
                step()
            else:
                yield cast("list[LogLine]", step)

    def events(
        self,
        project: str,
        stop: Callable[[], bool],
        *,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[ContainerEvent]:
        while not stop():
            try:
                yield self.happenings.get(timeout=0.02)
                self.heard.set()
            except Empty:
                continue

    def inspect(self, container: str) -> Detail:
        if container not in self.details:
            raise EngineError("no such container", status=404)
        return self.details[container]

    def happen(self, action: str, what: Container, *, exit_code: int | None = None) -> None:
        """Tell those who listen that something happened to a container."""
        event = ContainerEvent(action, what.id, what.name, what.labels, 0.0, exit_code)
        self.happenings.put(event)

    def ended(
        self, what: Container, code: int, *, status: str = "exited", policy: str = ""
    ) -> None:
        """Let ``inspect`` answer that a container is in this state."""
        self.details[what.id] = Detail(
            id=what.id, name=what.name, status=status, exit_code=code, restart_policy=policy
        )


def texts(lines: Sequence[str], label: str) -> list[str]:
    """What the replica ``label`` said."""
    found = (line.partition("| ") for line in lines)
    return [text for head, _, text in found if head.strip() == label]
