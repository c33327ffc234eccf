"""The progress view on a terminal: lines that change in place, drawn with rich."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from composer.printable import printable_lines
from composer.scheduler.events import Event, Notice, Planned, Warned
from composer.ui.board import Board
from composer.ui.errors import warning
from composer.ui.view import ASCII, FRAMES_PER_SECOND, UNICODE, lay_out

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

STYLES = {
    "header": "blue",
    "working": "yellow",
    "done": "green",
    "failed": "bold red",
    "skipped": "dim",
    "time": "blue",
    "note": "dim",
    "": "",
}


class LiveView:
    """Draws while it is entered. Whatever else is printed meanwhile goes above it.

    rich is imported at the first operation: a command that has nothing to do never needs it.
    """

    def __init__(
        self, stream: TextIO, *, colour: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._colour = colour
        self._clock = clock
        self._board = Board()
        self._finished = False
        self._live: Live | None = None
        self._console: Console | None = None
        # Two locks: drawing takes the board's while rich holds its own, so nothing that holds
        # the board's may call rich.
        self._board_lock = Lock()
        self._start_lock = Lock()
        encoding = (stream.encoding or "ascii").lower().replace("-", "")
        self._marks = UNICODE if encoding.startswith("utf") else ASCII

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Draw all rows for the last time and leave them on the screen."""
        with self._start_lock:
            live, self._live = self._live, None
        if live is not None:
            self._finished = True
            live.stop()

    def __call__(self, event: Event) -> None:
        """Show ``event``. May be called from any thread."""
        if isinstance(event, Warned | Notice):
            self._say(event)
            return
        with self._board_lock:
            self._board.apply(event, self._clock())
        if not isinstance(event, Planned):
            self._start()

    def _say(self, event: Warned | Notice) -> None:
        text = (
            warning(event.text, colour=self._colour)
            if isinstance(event, Warned)
            else printable_lines(event.text)
        )
        console = self._console
        if console is None:
            self._stream.write(f"{text}\n")
            self._stream.flush()
            return
        from rich.text import Text

        console.print(Text.from_ansi(text), soft_wrap=True)

    def _start(self) -> None:
        with self._start_lock:
            if self._live is not None or self._finished:
                return
            from rich.console import Console
            from rich.live import Live

            self._console = Console(
                file=self._stream,
                force_terminal=True,
                no_color=not self._colour,
                highlight=False,
                markup=False,
                emoji=False,
            )
            self._live = Live(
                get_renderable=self._draw,
                console=self._console,
                refresh_per_second=FRAMES_PER_SECOND,
                # A piped standard output is no part of the screen: it must stay in its pipe.
                redirect_stdout=sys.stdout.isatty(),
                redirect_stderr=True,
                vertical_overflow="crop",
            )
            self._live.start(refresh=True)

    def _draw(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        assert self._console is not None
        size = self._console.size
        with self._board_lock:
            lines = lay_out(
                self._board,
                width=size.width,
                # One line is left for the cursor.
                height=None if self._finished else size.height - 1,
                now=self._clock(),
                marks=self._marks,
            )
        return Group(
            *(
                Text.assemble(
                    *((text, STYLES[style]) for text, style in line),
                    no_wrap=True,
                    overflow="crop",
                )
                for line in lines
            )
        )
