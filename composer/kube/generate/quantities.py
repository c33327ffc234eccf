"""Kubernetes' quantities: ``500m`` of a processor, ``512Mi`` of memory."""

from __future__ import annotations

import math

_BINARY = (("Ti", 2**40), ("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def memory(size: int) -> str:
    """``size`` in bytes, with the largest binary suffix that gives a whole number."""
    for suffix, unit in _BINARY:
        if size >= unit and size % unit == 0:
            return f"{size // unit}{suffix}"
    return str(size)


def processors(count: float) -> str:
    """``count`` processors; parts of one in thousandths, rounded up."""
    thousandths = math.ceil(round(count * 1000, 6))
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"


def whole_seconds(nanoseconds: int) -> int:
    """A duration of the model in seconds, rounded up, and at least one."""
    return max(1, math.ceil(nanoseconds / 1e9))
