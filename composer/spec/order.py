"""The order in which ``config`` prints keys that users invent: that of Docker Compose's YAML.

Numbers in keys count as numbers (``app2`` before ``app10``), signs come before letters, and letters
that follow a number before signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_SIGNS = [chr(code) for code in range(128) if not chr(code).isalnum()]
_SIGNS_FIRST = str.maketrans({sign: chr(place + 1) for place, sign in enumerate(_SIGNS)})


def in_natural_order(keys: Iterable[str]) -> list[str]:
    """``keys`` sorted."""
    found = sorted(keys)
    together = "".join(found)
    if together.isalpha():
        return found
    if not re.search(r"\d|[^\x00-\x7f]", together):
        return sorted(found, key=lambda key: key.translate(_SIGNS_FIRST))
    return sorted(found, key=_parts)


def _parts(key: str) -> list[tuple[int, Any, int]]:
    """What is compared: numbers, and single letters and signs, each with its rank."""
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
