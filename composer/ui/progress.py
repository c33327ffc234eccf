"""Chooses the renderer that shows what the scheduler does: live, lines, JSON, or quiet."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Protocol, Self, TextIO

from composer.scheduler.events import Event
from composer.ui import lines
from composer.ui.colour import Ansi, is_terminal, wants_colour

Mode = Literal["auto", "tty", "plain", "json", "quiet"]
"""The values of ``--progress``."""


class Renderer(Protocol):
    """Shows events between ``with`` and its end. Takes them from any thread."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def __call__(self, event: Event) -> None: ...


def renderer(
    mode: Mode = "auto",
    *,
    ansi: Ansi = "auto",
    stream: TextIO | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Renderer:
    """The renderer for ``--progress mode`` and ``--ansi ansi`` on ``stream`` (standard error).

    ``auto`` is live on a terminal and plain elsewhere, and plain with ``--ansi never``, which
    forbids what a live view is made of.
    """
    stream = sys.stderr if stream is None else stream
    colour = wants_colour(ansi, stream, environ)
    if mode == "auto":
        mode = "tty" if is_terminal(stream, environ) and ansi != "never" else "plain"
    if mode == "tty":
        from composer.ui.live import LiveView

        return LiveView(stream, colour=colour)
    describe = {
        "plain": lines.plain(colour=colour),
        "quiet": lines.quiet(colour=colour),
        "json": lines.json,
    }[mode]
    return lines.Lines(stream, describe)
