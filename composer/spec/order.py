"""The order in which ``config`` prints keys that users invent: that of Docker Compose's YAML.

Numbers in keys count as numbers (``app2`` before ``app10``), signs come before letters, and letters
that follow a number before signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_ASCII = [chr(code) for code in range(128)]
_SIGNS_FIRST = str.maketrans(
    {
        character: chr(place + 1)
        for place, character in enumerate(sorted(_ASCII, key=lambda one: (one.isalnum(), one)))
    }
)
_A_NUMBER = chr(sum(not one.isalnum() for one in _ASCII) + 1)
"""Behind all signs and before all letters: the digits' places are free once they are cut out."""
_NUMBERS = re.compile(r"([0-9]+)")
_REMEMBERED = 1 << 12


def in_natural_order(keys: Iterable[str]) -> list[str]:
    """``keys`` sorted."""
    found = sorted(keys)
    together = "".join(found)
    if together.isalpha():
        return found
    if not together.isascii():
        return sorted(found, key=_letter_by_letter)
    if not _NUMBERS.search(together):
        return sorted(found, key=lambda key: key.translate(_SIGNS_FIRST))
    return sorted(found, key=_part_by_part)


@lru_cache(_REMEMBERED)
def _part_by_part(key: str) -> list[str | int]:
    """What is compared of a key of ASCII: text, a number, its digits, text and so on.

    Remembered, because services repeat the names of variables and labels.
    """
    text, *rest = _NUMBERS.split(key)
    parts: list[str | int] = [text.translate(_SIGNS_FIRST)]
    for number, text in zip(rest[::2], rest[1::2], strict=True):
        parts[-1] = f"{parts[-1]}{_A_NUMBER}"
        before_signs = "\0" if text[:1].isalpha() else ""
        parts += (int(number), len(number), before_signs + text.translate(_SIGNS_FIRST))
    return parts


def _letter_by_letter(key: str) -> list[tuple[int, Any, int]]:
    """What is compared of any key: numbers, and single letters and signs, each with its rank."""
    parts: list[tuple[int, Any, int]] = []
    after_number = False
    for part in re.findall(r"[0-9]+|[^0-9]", key):
        if part.isdecimal():
            parts.append((1, int(part), len(part)))
        elif part.isalpha():
            parts.append((-1 if after_number else 2, part, 0))
        else:
            parts.append((0, part, 0))
        after_number = part.isdecimal()
    return parts
