"""Replaces the variables in all texts of a tree. Keys are left alone, as the specification says.

Types are restored by the schema: where it wants a number or a boolean it takes their text too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from composer.spec.template import GROWTH_LIMIT, TemplateError, substitute
from composer.spec.tree import UNKNOWN, Map, Mark, Problems, fail


class Exhausted(Exception):
    """There is so much to replace that it is no use to go on."""


MENTION_LIMIT = 300_000
"""How many dollar signs the texts of a file and of those that it includes may have."""


class Variables:
    """The variables that a file sees, and those that it missed."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.missed: dict[str, None] = {}
        self.mentions = 0
        self.growth = 0

    def replace(self, text: str) -> str:
        """``text`` with its variables replaced.

        Raises ``TemplateError``, and ``Exhausted`` when all texts together have become too large.
        """
        self.mentions += text.count("$")
        new = substitute(text, self.values.get, self.miss)
        if self.mentions > MENTION_LIMIT:
            raise Exhausted(f"more than {MENTION_LIMIT} variables are mentioned in the files")
        if len(new) > len(text):
            self.growth += len(new) - len(text)
            if self.growth > GROWTH_LIMIT:
                raise Exhausted(f"variables stand for more than {GROWTH_LIMIT} characters")
        return new

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
    """``value`` with the variables of all its texts replaced; mappings and lists in place.

    A text with a problem becomes ``UNKNOWN``.
    """
    if isinstance(value, str):
        if "$" not in value:
            return value
        try:
            return variables.replace(value)
        except TemplateError as error:
            problems.add(mark, path, str(error))
            return UNKNOWN
        except Exhausted as error:
            raise fail(mark, path, str(error)) from None
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
