"""Decoders of typed JSON that several threads may ask for at the same time.

msgspec lays a type out when it is first decoded, and ends the process with a segmentation fault if
two threads do so at once. Here that is done by one thread after the other, once for each type.
"""

from __future__ import annotations

import threading
from typing import Any

import msgspec

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_laying_out = threading.Lock()


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of JSON into ``kind``."""
    found = _decoders.get(kind)
    if found is None:
        with _laying_out:
            found = _decoders.setdefault(kind, msgspec.json.Decoder(kind))
    return found
