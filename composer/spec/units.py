"""Durations, sizes and numbers in the spellings that Compose files use and ``config`` prints."""

from __future__ import annotations

import re
from math import isfinite, isnan
from struct import pack, unpack
from typing import Any

# Patterns are compiled (and cached by re) when they are first used, not at start-up.
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}
_DURATION = r"(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+\Z"
_PART = r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)"
_SIZE = r"(?i:(-?\d+(?:\.\d+)?) ?([kmgtp]?)(i?b?))\Z"
_LARGEST = 2**63 - 1
_DIGITS = 300
"""How many characters a number or duration has at most; what has more fits nowhere."""
_EXPONENT = 1e6
"""From where on fractions are printed with an exponent."""
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def nanoseconds(text: str) -> int:
    """The nanoseconds of a duration such as ``1m30s`` or ``1.5s``. Raises ``ValueError``."""
    sign = -1 if text.startswith("-") else 1
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0
    if len(body) > _DIGITS or not re.match(_DURATION, body):
        raise ValueError(f"{text!r} is not a duration; write for example 30s, 1m30s or 500ms")
    total = 0
    for number, unit in re.findall(_PART, body):
        whole, _, fraction = number.partition(".")
        total += int(whole or 0) * _UNITS[unit]
        if fraction:
            total += int(fraction) * _UNITS[unit] // 10 ** len(fraction)
    return sign * _fitting(total, text)


def go_duration(ns: int) -> str:
    """Nanoseconds in the form that Go prints: ``1m30s``, ``1.5s``, ``500ms``, ``0s``."""
    if ns < 0:
        return "-" + go_duration(-ns)
    if ns == 0:
        return "0s"
    for unit, name in ((1_000, "ns"), (1_000_000, "µs"), (1_000_000_000, "ms")):
        if ns < unit:
            return _decimal(ns, max(unit // 1_000, 1)) + name
    seconds, rest = divmod(ns, 1_000_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = _decimal(seconds * 1_000_000_000 + rest, 1_000_000_000) + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    if not rest:
        return str(whole)
    digits = len(str(unit)) - 1
    return f"{whole}.{str(rest).zfill(digits).rstrip('0')}"


def size(value: Any) -> int:
    """The bytes of ``64m``, ``1.5g``, ``1024`` or a number; -1 means unlimited.

    Raises ``ValueError``.
    """
    if isinstance(value, (int, float)):
        return integer(value)
    match = re.match(_SIZE, value.strip())
    if match is None:
        raise ValueError(f"{value!r} is not a size; write for example 512m, 1.5g or bytes")
    number, power, _ = match.groups()
    factor = 1024 ** _POWERS[power.lower()]
    if len(number) > _DIGITS:
        return _fitting(_LARGEST + 1, value)
    whole = number.lstrip("-").isdecimal()
    return _fitting(int(number) * factor if whole else int(float(number) * factor), value)


def _fitting(number: int, value: Any) -> int:
    """``number`` if it has at most 64 bits. Raises ``ValueError``, which shows ``value``."""
    if -_LARGEST <= number <= _LARGEST:
        return number
    raise ValueError(f"{text(value)} is out of range; at most {_LARGEST} is allowed")


def duration_text(value: str) -> str:
    """A duration in Go's own spelling. Raises ``ValueError``."""
    return go_duration(nanoseconds(value))


def size_text(value: Any) -> str:
    """A size as the decimal text that ``config`` prints, empty for 0. Raises ``ValueError``."""
    return str(size(value) or "")


def text(value: Any) -> str:
    """A scalar as the text that Go makes of it: ``1.5`` for 1.50, ``true``, ``1e+06`` …"""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _go_float(value)
    return str(value)


def _go_float(value: float) -> str:
    if isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    shown = repr(value)
    mantissa, _, exponent = shown.partition("e")
    power = int(exponent) if exponent else _power(value)
    if -4 <= power < 6:
        return f"{value:.0f}" if value == int(value) else _positional(mantissa, exponent)
    digits = mantissa.replace(".", "").lstrip("-").strip("0") or "0"
    sign = "-" if value < 0 else ""
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if power < 0 else '+'}{abs(power):02d}"


def _power(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])


def _positional(mantissa: str, exponent: str) -> str:
    return f"{float(f'{mantissa}e{exponent}'):.20f}".rstrip("0") if exponent else mantissa


def integer(value: Any) -> int:
    """A whole number from a number, whose fraction is cut off, or text. Raises ``ValueError``."""
    if isinstance(value, bool):
        raise ValueError(f"{text(value)} is not a whole number")
    try:
        found = int(value)
    except (ValueError, OverflowError):
        shown = repr(value) if isinstance(value, str) else text(value)
        raise ValueError(f"{shown} is not a whole number") from None
    return _fitting(found, value)


def number(value: Any) -> float | int:
    """A number of 32 bits from a number or text, whole where it can be. Raises ``ValueError``."""
    try:
        found = _single(float(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a number") from None
    except OverflowError:
        raise ValueError(f"{text(value)} is out of range") from None
    if not isfinite(found):
        raise ValueError(f"{text(value)} is not a number that can be used")
    return whole(found)


def whole(value: float) -> float | int:
    """A fraction that is none as a whole number, as long as it is printed without an exponent."""
    return int(value) if value.is_integer() and abs(value) < _EXPONENT else value


def _single(value: float) -> float:
    """The nearest number that fits into 32 bits, with no more digits than tell it apart."""
    if isnan(value) or value == int(value) < 2**24:
        return value
    single = pack("f", value)
    exact = unpack("f", single)[0]
    shorter = (float(f"{exact:.{digits}g}") for digits in range(1, 9))
    return next((found for found in shorter if pack("f", found) == single), exact)


def boolean(value: Any) -> bool:
    """A boolean from one, or from text: true/yes/on/y or false/no/off/n. Raises ``ValueError``."""
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("true", "yes", "on", "y"):
        return True
    if word in ("false", "no", "off", "n"):
        return False
    raise ValueError(f"{value!r} is neither true nor false")


def file_mode(value: Any) -> str:
    """A file mode as the octal text that ``config`` prints: ``0440``. Text is read as octal."""
    if isinstance(value, str) and not re.match(r"[0-7]{1,21}\Z", value):
        raise ValueError(f"{value!r} is not a file mode; write for example 0440")
    mode = int(value, 8) if isinstance(value, str) else integer(value)
    return f"0{mode:o}"


def octal(value: Any) -> int:
    """A file mode as a number; text is read as octal when it starts with 0."""
    if isinstance(value, str):
        try:
            return int(value, 8) if value.startswith("0") else int(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a file mode; write for example 0o1777") from None
    return integer(value)


def device_count(value: Any) -> int:
    """The number of devices to reserve; ``all`` is -1. Raises ``ValueError``."""
    if value == "all":
        return -1
    try:
        return integer(value)
    except ValueError:
        raise ValueError(f"{value!r} is neither a number of devices nor all") from None
