"""The kinds of the Kubernetes API that composer reads, with the types of all of their fields.

``fields.json`` is written by ``python -m tests.kube_fields``. A type is ``string``, ``integer``,
``number``, ``boolean``, ``quantity``, ``intOrString``, ``object`` (anything), the name of a
mapping with known keys, ``[TYPE]`` for a list, or ``{TYPE}`` for a mapping with any keys; ``!``
behind it says that the field is required.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("fields.json")


class Field(NamedTuple):
    """A field: its type, and whether it has to be said."""

    type: str
    required: bool


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


@cache
def kinds() -> Mapping[str, str]:
    """By kind, its ``apiVersion``."""
    found: Mapping[str, str] = _table()["kinds"]
    return found


@cache
def fields_of(name: str) -> Mapping[str, Field] | None:
    """The fields of the mapping type ``name``; None for a type that is none."""
    found = _table()["types"].get(name)
    if found is None:
        return None
    return {key: Field(said.rstrip("!"), said.endswith("!")) for key, said in found.items()}
