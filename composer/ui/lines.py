"""Progress as lines that are only ever added: for pipes, for logs and for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import Any, Self, TextIO

import msgspec

from composer.printable import printable, printable_json, printable_lines
from composer.scheduler.events import (
    Event,
    Failed,
    Finished,
    Notice,
    Progressed,
    Skipped,
    Started,
    Warned,
)
from composer.ui.errors import warning


class Lines:
    """Writes the line that ``describe`` makes of an event and of what it belongs to, if any."""

    def __init__(
        self,
        stream: TextIO,
        describe: Callable[[Event, str], str | None],
    ) -> None:
        self._stream = stream
        self._describe = describe
        self._subjects: dict[str, str] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def __call__(self, event: Event) -> None:
        """Write what ``event`` says. May be called from any thread."""
        with self._lock:
            if isinstance(event, Started | Finished | Failed | Skipped):
                self._subjects[event.id] = f"{event.kind} {event.subject}"
            subject = self._subjects.get(getattr(event, "id", ""), "")
            line = self._describe(event, subject)
            if line is not None:
                self._stream.write(line + "\n")
                self._stream.flush()


def plain(*, colour: bool) -> Callable[[Event, str], str | None]:
    """Lines as Docker Compose writes them to a pipe: `` Container shop-db-1  Started``."""

    def describe(event: Event, subject: str) -> str | None:
        if isinstance(event, Warned):
            return warning(event.text, colour=colour)
        if isinstance(event, Notice):
            return printable_lines(event.text)
        text = _text(event)
        return f" {printable(subject)}  {printable_lines(text)}" if text else None

    return describe


def quiet(*, colour: bool) -> Callable[[Event, str], str | None]:
    """Nothing but warnings."""

    def describe(event: Event, _subject: str) -> str | None:
        return warning(event.text, colour=colour) if isinstance(event, Warned) else None

    return describe


class _Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of ``--progress json``, with Docker Compose's keys."""

    id: str = ""
    status: str = ""
    text: str = ""
    error: bool = False
    level: str = ""
    msg: str = ""
    time: str = ""
    current: int = 0
    total: int = 0
    percent: int = 0


def json(event: Event, subject: str) -> str | None:
    """One JSON object for each event."""
    message = _message(event, subject)
    return None if message is None else printable_json(msgspec.json.encode(message).decode())


def _message(event: Event, subject: str) -> _Message | None:
    if isinstance(event, Warned | Notice):
        level = "warning" if isinstance(event, Warned) else "info"
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return _Message(level=level, msg=event.text, time=now)
    if isinstance(event, Failed):
        return _Message(id=subject, status="Error", text=event.error.message, error=True)
    if isinstance(event, Skipped):
        return _Message(id=subject, status="Skipped", text=event.because)
    if isinstance(event, Progressed):
        share: dict[str, Any] = {}
        if event.total:
            percent = 100 * event.current // event.total
            share = {"current": event.current, "total": event.total, "percent": percent}
        return _Message(id=subject, status="Working", text=event.text, **share)
    text = _text(event)
    return _Message(id=subject, status=text) if text else None


def _text(event: Event) -> str:
    """What a line says of its subject; nothing when there is nothing to say."""
    if isinstance(event, Started):
        return event.doing
    if isinstance(event, Finished):
        return event.done
    if isinstance(event, Progressed):
        # Bytes come several times a second: too many lines for what is only ever added to.
        return "" if event.total and event.unit == "bytes" else event.text
    if isinstance(event, Failed):
        return "Error"  # the command tells which at its end, once
    if isinstance(event, Skipped):
        return f"Skipped: {event.because}"
    return ""
