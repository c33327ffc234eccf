"""The state of a running plan as the user sees it: one row for each resource."""

from __future__ import annotations

from typing import Literal

from composer.scheduler.events import (
    Event,
    Failed,
    Finished,
    Kind,
    Planned,
    Progressed,
    Skipped,
    Started,
)

State = Literal["working", "done", "failed", "skipped"]


class Row:
    """One resource. All operations on it show in this row, the latest word wins."""

    def __init__(self, kind: Kind, subject: str, now: float) -> None:
        self.kind = kind
        self.subject = subject
        self.state: State = "working"
        self.word = ""
        self.note = ""
        """The last line of how far it is."""
        self.amount: Progressed | None = None
        """The last event that said how much of it is done."""
        self.changed = now
        self._began = now
        self._running: dict[str, str] = {}

    def seconds(self, now: float) -> float:
        """How long it took, or takes so far."""
        return (now if self.state == "working" else self.changed) - self._began

    def start(self, operation: str, doing: str, now: float) -> None:
        """An operation on it runs."""
        if not self._running and self.state != "working":
            # What passed between two operations was spent on other resources.
            self._began = now - self.seconds(now)
        self._running[operation] = doing
        self._show("working", doing, now)

    def end(self, operation: str, state: State, word: str, now: float) -> None:
        """An operation on it ended. It is still working while another one runs."""
        self._running.pop(operation, None)
        if self.state == "failed":
            return
        if self._running and state == "done":
            word = next(reversed(self._running.values()))
            state = "working"
        self._show(state, word, now)

    def _show(self, state: State, word: str, now: float) -> None:
        self.state, self.word, self.note, self.changed = state, word, "", now
        self.amount = None


class Board:
    """All rows, in the order in which their resources were first touched. Not thread-safe."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._planned = 0
        self._by_subject: dict[tuple[Kind, str], Row] = {}
        self._by_operation: dict[str, Row] = {}

    @property
    def total(self) -> int:
        """Resources in all: as many as were planned, or at least as many as have a row."""
        return max(self._planned, len(self.rows))

    @property
    def ended(self) -> int:
        """Resources that nothing is done to at the moment."""
        return sum(row.state != "working" for row in self.rows)

    def apply(self, event: Event, now: float) -> None:
        """Take in one event. ``now`` is in seconds of any clock that does not jump."""
        if isinstance(event, Planned):
            self._planned = len(self.rows) + event.total
        elif isinstance(event, Progressed):
            row = self._by_operation.get(event.id)
            if row is not None:
                row.note = event.text
                if event.total:
                    row.amount = event
        elif isinstance(event, Started):
            self._row(event.id, event.kind, event.subject, now).start(event.id, event.doing, now)
        elif isinstance(event, Finished):
            self._end(event, "done", event.done, now)
        elif isinstance(event, Failed):
            self._end(event, "failed", "Error", now)
        elif isinstance(event, Skipped):
            self._end(event, "skipped", "Skipped", now)

    def _row(self, operation: str, kind: Kind, subject: str, now: float) -> Row:
        row = self._by_subject.get((kind, subject))
        if row is None:
            row = self._by_subject[kind, subject] = Row(kind, subject, now)
            self.rows.append(row)
        self._by_operation[operation] = row
        return row

    def _end(self, event: Finished | Failed | Skipped, state: State, word: str, now: float) -> None:
        self._row(event.id, event.kind, event.subject, now).end(event.id, state, word, now)
