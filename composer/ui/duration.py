"""Durations in the words that Docker uses."""

from __future__ import annotations

MINUTE = 60
HOUR = 60 * MINUTE

_LARGER = (
    # below so many hours, hours in the unit, its name
    (48, 1, "hours"),
    (24 * 7 * 2, 24, "days"),
    (24 * 30 * 2, 24 * 7, "weeks"),
    (24 * 365 * 2, 24 * 30, "months"),
)


def words(seconds: float) -> str:
    """A duration of ``seconds`` as ``docker ps`` words it: "About a minute", "3 weeks"."""
    whole = max(0, int(seconds))
    if whole < 1:
        return "Less than a second"
    if whole < MINUTE:
        return "1 second" if whole == 1 else f"{whole} seconds"
    if whole < HOUR:
        return "About a minute" if whole < 2 * MINUTE else f"{whole // MINUTE} minutes"
    hours = int(seconds / HOUR + 0.5)
    if hours == 1:
        return "About an hour"
    for limit, unit, name in _LARGER:
        if hours < limit:
            return f"{hours // unit} {name}"
    return f"{int(seconds / HOUR) // 24 // 365} years"


def ago(then: float, now: float) -> str:
    """How long ago ``then`` was; both are in seconds since the epoch."""
    return f"{words(now - then)} ago"


def short(seconds: float) -> str:
    """A running time as the progress view shows it: ``0.4s``, ``75.0s``."""
    return f"{seconds:.1f}s"
