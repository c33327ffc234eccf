"""Sizes in the words that Docker uses."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")


def human_size(size: float, digits: int = 3) -> str:
    """``size`` bytes with as many significant ``digits`` and a decimal unit: ``2.13MB``."""
    unit = 0
    while float(f"{size:.{digits}g}") >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.{digits}g}{_UNITS[unit]}"
