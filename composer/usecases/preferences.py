"""How the program behaves: what options say, else its variables (``COMPOSE_ANSI`` and so on)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from composer.errors import ComposerError
from composer.spec.variables import truth
from composer.ui.colour import Ansi, ansi_mode

if TYPE_CHECKING:
    from composer.ui.progress import Mode

_PROGRESS = {
    "": "auto",
    "auto": "auto",
    "tty": "tty",
    "plain": "plain",
    "json": "json",
    "quiet": "quiet",
    "none": "quiet",
}
"""The values of ``COMPOSE_PROGRESS``, each with the mode that it means."""


class Preferences(NamedTuple):
    """How the program behaves, whatever the project."""

    ansi: Ansi
    progress: Mode
    parallel: int | None
    """Operations at once; None lets composer choose."""
    status_to_output: bool
    """Whether progress goes to standard output, and not to standard error."""
    remove_orphans: bool


def preferences(
    environ: Mapping[str, str],
    variables: Mapping[str, str],
    *,
    ansi: Ansi | None = None,
    progress: Mode | None = None,
    parallel: int | None = None,
) -> Preferences:
    """The preferences that options say, or ``variables``: the process's and those of env files.

    Some count in the process's own environment only (``environ``), as Docker Compose has it. Raises
    ``ComposerError`` for a value that means nothing, unless an option stands above it.
    """
    return Preferences(
        ansi=ansi or ansi_mode(variables.get("COMPOSE_ANSI")),
        progress=progress or _progress(environ.get("COMPOSE_PROGRESS", "")),
        parallel=_limit(variables.get("COMPOSE_PARALLEL_LIMIT"), parallel),
        status_to_output=truth(environ.get("COMPOSE_STATUS_STDOUT")),
        remove_orphans=truth(variables.get("COMPOSE_REMOVE_ORPHANS")),
    )


def _progress(text: str) -> Mode:
    if text not in _PROGRESS:
        raise ComposerError(
            f"unsupported value {text!r} of COMPOSE_PROGRESS",
            hint="auto, tty, plain, json and quiet are supported",
        )
    return cast("Mode", _PROGRESS[text])


def _limit(text: str | None, said: int | None) -> int | None:
    limit = said
    if limit is None and text is not None:
        if not re.fullmatch(r"[-+]?[0-9]+", text):
            raise ComposerError(f"COMPOSE_PARALLEL_LIMIT must be an integer (found: {text!r})")
        limit = int(text)
    return limit if limit is not None and limit > 0 else None
