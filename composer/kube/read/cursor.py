"""A value of a manifest together with what it is called and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from composer.spec.tree import Map, Mark, entries, mark_of


@dataclass(frozen=True)
class Cursor:
    """``value`` at ``path`` (``Deployment/web: spec.replicas``), said at ``mark``.

    What is not said is None, at the place of what it would be in. A ``null`` counts as not said.
    """

    value: Any
    path: str
    mark: Mark | None

    def __bool__(self) -> bool:
        return self.value is not None

    def get(self, *keys: str) -> Cursor:
        """What stands below ``keys``, one inside of the other."""
        found = self
        for key in keys:
            value = found.value.get(key) if isinstance(found.value, Map) else None
            mark = mark_of(found.value, key) or found.mark
            separator = " " if found.path.endswith(":") else "."
            found = Cursor(value, f"{found.path}{separator}{key}", mark)
        return found

    def first(self, *keys: str) -> Cursor:
        """The first of ``keys`` that is said; the last one if none is."""
        return next((found for key in keys if (found := self.get(key))), self.get(keys[-1]))

    def each(self) -> Iterator[Cursor]:
        """The entries of a list; none if it is not said."""
        if isinstance(self.value, list):
            for index, (value, mark) in enumerate(entries(self.value)):
                yield Cursor(value, f"{self.path}[{index}]", mark or self.mark)

    def items(self) -> Iterator[tuple[str, Cursor]]:
        """The keys of a mapping with what they say, but for null; none if it is not said."""
        if isinstance(self.value, Map):
            for key in self.value:
                found = self.get(key)
                if found:
                    yield key, found

    def texts(self) -> list[str]:
        """The entries of a list of texts."""
        return [str(entry.value) for entry in self.each()]

    def pairs(self) -> dict[str, str]:
        """A mapping of texts."""
        return {key: str(found.value) for key, found in self.items()}

    def text(self, default: str = "") -> str:
        """A scalar as text; ``default`` if it is not said."""
        return default if self.value is None else str(self.value)

    def number(self, default: int = 0) -> int:
        """A whole number; ``default`` if it is not said."""
        return default if self.value is None else int(self.value)
