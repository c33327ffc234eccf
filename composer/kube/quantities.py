"""Kubernetes' quantities (``500m``, ``1.5Gi``, ``1e3``) as exact numbers."""

from __future__ import annotations

import re
from fractions import Fraction

_SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", 1)},
}
_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)\Z")
_LONGEST = 40
_LARGEST = 2**63 - 1


def quantity(value: str | float) -> Fraction:
    """The number that ``value`` stands for. Raises ``ValueError`` with what is wrong with it."""
    text = str(value).strip()
    found = _FORM.match(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(f"{text!r} is no quantity; write for example 500m, 2, 512Mi or 1G")
    number, exponent, suffix = found.groups()
    factor = Fraction(10) ** int(exponent) if exponent else _SUFFIXES[suffix or ""]
    amount = Fraction(number) * factor
    if not -_LARGEST <= amount <= _LARGEST:
        raise ValueError(f"{text!r} is out of range")
    return amount


def processors(value: str | float) -> float:
    """A number of processors, at least a thousandth. Raises ``ValueError``."""
    amount = _positive(value)
    return float(max(amount, Fraction(1, 1000))) if amount else 0.0


def size(value: str | float) -> int:
    """A number of bytes. Raises ``ValueError`` also for parts of a byte."""
    amount = _positive(value)
    if amount.denominator != 1 and str(value).strip().endswith(("m", "u", "n")):
        number = str(value).strip()[:-1]
        raise ValueError(f"{value!r} is a part of a byte; did you mean {number}M or {number}Mi?")
    return -(-amount.numerator // amount.denominator)


def _positive(value: str | float) -> Fraction:
    amount = quantity(value)
    if amount < 0:
        raise ValueError(f"{value!r} is negative")
    return amount


def size_text(size: int) -> str:
    """Bytes as a Compose file says them: ``512m``, ``1g``, ``1000``."""
    for power, letter in ((4, "t"), (3, "g"), (2, "m"), (1, "k")):
        if size and size % 1024**power == 0:
            return f"{size // 1024**power}{letter}"
    return str(size)
