"""Replaces the variables in all texts of a tree. Keys are left alone, as the specification says.

Types are restored by the schema: where it wants a number or a boolean it takes their text too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from composer.spec.template import TemplateError, substitute
from composer.spec.tree import Map, Mark, Problems


class Variables:
    """The variables that a file sees, and those that it missed."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.missed: dict[str, None] = {}

    def miss(self, name: str) -> None:
        """Remember that ``name`` is not set, for one warning about it."""
        self.missed[name] = None

    def warnings(self) -> list[str]:
        """One warning for each variable that was not set."""
        return [
            f'The "{name}" variable is not set. Defaulting to a blank string.'
            for name in self.missed
        ]


def interpolate(
    value: Any, variables: Variables, problems: Problems, path: str = "", mark: Mark | None = None
) -> Any:
    """``value`` with the variables of all its texts replaced; mappings and lists in place."""
    if isinstance(value, str):
        if "$" not in value:
            return value
        try:
            return substitute(value, variables.values.get, variables.miss)
        except TemplateError as error:
            problems.add(mark, path, str(error))
            return value
    if isinstance(value, dict):
        marks = value.marks if isinstance(value, Map) else {}
        for key, entry in value.items():
            if isinstance(entry, (dict, list)) or (isinstance(entry, str) and "$" in entry):
                here = f"{path}.{key}" if path else key
                value[key] = interpolate(entry, variables, problems, here, marks.get(key, mark))
    elif isinstance(value, list):
        places = getattr(value, "marks", ())
        for index, entry in enumerate(value):
            if isinstance(entry, (dict, list)) or (isinstance(entry, str) and "$" in entry):
                at = places[index] if index < len(places) else mark
                value[index] = interpolate(entry, variables, problems, f"{path}[{index}]", at)
    return value
