"""Whether colours and cursor movements are wanted: ``--ansi``, ``NO_COLOR`` and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TextIO, cast

Ansi = Literal["auto", "always", "never"]


def ansi_mode(text: str | None) -> Ansi:
    """What ``COMPOSE_ANSI`` means. A word that is not known is ``never``, as in Docker Compose."""
    known = text is None or text in ("auto", "always", "never")
    return cast("Ansi", text or "auto") if known else "never"


def wants_colour(ansi: Ansi, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether text written to ``stream`` may be coloured.

    ``NO_COLOR`` (https://no-color.org) counts when it is not empty and ``--ansi`` is ``auto``.
    """
    if ansi == "auto":
        return is_terminal(stream, environ) and not environ.get("NO_COLOR")
    return ansi == "always"


def is_terminal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether ``stream`` is a terminal that can move its cursor."""
    return stream.isatty() and environ.get("TERM") != "dumb"
