"""Lays a board out for a terminal of any size: a header and one line for each resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from composer.printable import printable
from composer.ui.board import Board, Row, State
from composer.ui.duration import short
from composer.ui.size import human_size
from composer.ui.table import width as text_width

Line = list[tuple[str, str]]
"""Pieces of a line, each with the name of its style (see ``live``), or no style."""

FRAMES_PER_SECOND = 10


class Marks(NamedTuple):
    """The signs before each row."""

    frames: str
    done: str
    failed: str
    skipped: str
    cut: str
    full: str
    """What of a bar is done."""
    empty: str

    def of(self, state: State, now: float) -> str:
        """The sign of a row in this state."""
        if state == "working":
            return self.frames[int(now * FRAMES_PER_SECOND) % len(self.frames)]
        return {"done": self.done, "failed": self.failed, "skipped": self.skipped}[state]


UNICODE = Marks("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "✔", "✘", "-", "…", "━", "─")
ASCII = Marks("|/-\\", "+", "x", ".", "~", "=", "-")

_MARGIN = 3
"""A space, the mark, a space."""
_LEAST_NAME = 8
_BAR = 20


def lay_out(
    board: Board, *, width: int, height: int | None, now: float, marks: Marks
) -> list[Line]:
    """The lines to show, none wider than ``width``, no more than ``height`` (None: all).

    When not all rows fit, those that are at work or failed come first, then the latest; the last
    line counts the others.
    """
    header: Line = [(f"[+] Running {board.ended}/{board.total}"[:width], "header")]
    rows, hidden = _fitting(board.rows, height)
    lines = [header, *_row_lines(rows, width, now, marks)]
    if hidden:
        lines.append([(f"   {marks.cut} {hidden} more"[:width], "note")])
    return lines


def _fitting(rows: Sequence[Row], height: int | None) -> tuple[Sequence[Row], int]:
    """The rows to show, in their order, and how many are left out."""
    if height is None or len(rows) <= max(1, height - 1):
        return rows, 0
    room = max(1, height - 2)
    urgent = sorted(rows, key=lambda row: (row.state not in ("working", "failed"), -row.changed))
    chosen = {id(row) for row in urgent[:room]}
    return [row for row in rows if id(row) in chosen], len(rows) - room


def _row_lines(rows: Sequence[Row], width: int, now: float, marks: Marks) -> list[Line]:
    times = [short(row.seconds(now)) for row in rows]
    word_width = max((len(row.word) for row in rows), default=0)
    time_width = max(map(len, times), default=0)
    room = width - _MARGIN - 2 - word_width - 1 - time_width
    if room < _LEAST_NAME:
        # The name says more than the time.
        times = [""] * len(rows)
        room += time_width
        time_width = 0
    subjects = [printable(row.subject) for row in rows]
    names = [f"{row.kind} {subject}" for row, subject in zip(rows, subjects, strict=True)]
    if max(map(text_width, names), default=0) > room:
        names = subjects
    name_width = max(_LEAST_NAME, min(room, max(map(text_width, names), default=0)))
    return [
        _crop(
            [
                (f" {marks.of(row.state, now)} ", row.state),
                (_pad(_shorten(name, name_width, marks.cut), name_width) + "  ", ""),
                (f"{row.word:<{word_width}} ", row.state),
                (f"{time:>{time_width}}", "time"),
                *_progress(row, marks),
            ],
            width,
        )
        for row, name, time in zip(rows, names, times, strict=True)
    ]


def _progress(row: Row, marks: Marks) -> Line:
    """How far a row is that is at work: a bar and bytes, or a step, and its last line."""
    if row.state != "working":
        return []
    note = f"  {printable(row.note)}" if row.note else ""
    amount = row.amount
    if amount is None:
        return [(note, "note")]
    if amount.unit == "steps":
        if row.note == amount.text:  # whose number is told already
            note = f"  {printable(row.note.partition(': ')[2])}"
        return [(f"  {amount.current + 1}/{amount.total}", "time"), (note, "note")]
    share = min(1.0, amount.current / amount.total)
    full = round(share * _BAR)
    return [
        (f"  {marks.full * full}", "done"),
        (marks.empty * (_BAR - full), "note"),
        (f" {share:>4.0%}", "time"),
        (f"  {human_size(amount.current)}/{human_size(amount.total)}", "note"),
    ]


def _pad(text: str, width: int) -> str:
    return text + " " * (width - text_width(text))


def _shorten(text: str, width: int, cut: str) -> str:
    """``text`` in ``width`` columns. Its end stays: it has the number of the replica."""
    if text_width(text) <= width:
        return text
    head = (width - 1) // 3
    tail = width - 1 - head
    shortened = text[:head] + cut + text[-tail:]
    while text_width(shortened) > width:
        shortened = shortened[:-1]
    return shortened


def _crop(line: Line, width: int) -> Line:
    """The pieces that fit into ``width`` columns."""
    cropped: Line = []
    left = width
    for text, style in line:
        while text_width(text) > left:
            text = text[:-1]
        left -= text_width(text)
        cropped.append((text, style))
    return cropped
