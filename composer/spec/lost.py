"""Leaves out of a model what is at fault, and remembers it.

So all problems of all files and steps can be reported in one go: what is left is looked at by the
later steps as if the faulty attribute had not been said, and what would be a problem only because
something was left out is not reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from composer.spec.schema import FILE
from composer.spec.shapes import Shape
from composer.spec.tree import SHOWN, Map, Problems, Seq, entries
from composer.spec.validate import close

Place = tuple[str, ...]
"""A section, a name in it, an attribute of that, and a key in it that the user invents (a variable,
a network's name); empty for files that cannot be read."""


class Lost:
    """The places that were left out."""

    def __init__(self) -> None:
        self.places: set[Place] = set()

    def __bool__(self) -> bool:
        return bool(self.places)

    @property
    def all(self) -> bool:
        """Whether whole files are missing, so that nobody knows what else there is."""
        return () in self.places or ("include",) in self.places

    def add(self, *place: str) -> None:
        """Remember that ``place`` was left out."""
        self.places.add(place)

    def has(self, section: str, name: str, attributes: Iterable[str] = ()) -> bool:
        """Whether ``name`` in ``section`` was left out, or one of these attributes of it."""
        return bool(self.places) and not self.places.isdisjoint(
            [(), (section,), (section, name), *((section, name, key) for key in attributes)]
        )

    def touches(self, section: str, name: str) -> bool:
        """Whether ``name`` in ``section``, or anything of it, was left out."""
        return self.has(section, name) or any(place[:2] == (section, name) for place in self.places)


TOGETHER = ("env_file",)
"""Lists whose entries count on those before them: none is looked at if one is at fault."""


def leave_out(root: Map, at_fault: Iterable[str], lost: Lost, problems: Problems) -> None:
    """Take out of ``root`` what there are ``problems`` with, and remember it in ``lost``.

    ``at_fault`` are paths such as ``services.web.ports[0]``, of which the attribute, or its entry
    if it is a list, is left out. A misspelt attribute counts as the one that was probably meant.
    When more is at fault than is told, nothing is left.
    """
    at_fault = list(at_fault)
    if len(at_fault) > SHOWN:
        lost.add()
        root.clear()
        return
    places: dict[Place, set[int | None]] = {}
    for path in _without_includes(root, at_fault, lost):
        place, entry = _place(root, path)
        places.setdefault(place, set()).add(entry)
    for place, indexes in places.items():
        lost.places.add(place)
        lost.places.add(_meant(place))
        holder: Any = root
        for key in place[:-1]:
            holder = holder.get(key) if isinstance(holder, dict) else None
        if not place or not isinstance(holder, dict):
            continue
        value = holder.get(place[-1])
        left = Seq()
        if isinstance(value, list) and None not in indexes:
            for index, (entry, mark) in enumerate(entries(value)):
                if index not in indexes:
                    left.add(entry, mark)
                elif mark is not None:
                    problems.gaps.setdefault(".".join(place), []).append(mark)
        if left:
            holder[place[-1]] = left
        else:
            holder.pop(place[-1], None)


def _without_includes(root: Map, at_fault: Iterable[str], lost: Lost) -> Iterator[str]:
    """``at_fault`` but for entries of ``include``, which are emptied: the others can be read."""
    included = root.get("include")
    for path in at_fault:
        index = path[len("include[") :].partition("]")[0] if path.startswith("include[") else ""
        if isinstance(included, list) and index:
            included[int(index)] = Map()
            lost.add("include")
        else:
            yield path


def _place(root: Any, path: str) -> tuple[Place, int | None]:
    """The place of ``path``, and the index of the entry if it is a list of which one can go."""
    keys: list[str] = []
    shape: Shape | None = FILE
    while path and isinstance(root, dict):
        if len(keys) > 2 and (shape is None or shape.values is None or len(keys) > 3):
            break
        path = path.removeprefix(".")
        key = longest_key(root, path)
        if key is None:
            break
        keys.append(key)
        root, path = root[key], path[len(key) :]
        shape = _below(shape, key)
    alone = path.startswith("[") and len(keys) == 3 and keys[-1] not in TOGETHER
    return tuple(keys), int(path[1:].partition("]")[0]) if alone else None


def longest_key(tree: dict[str, Any], path: str) -> str | None:
    """The key of ``tree`` that ``path`` begins with; keys may hold dots."""
    if path in tree:
        return path
    fitting = [key for key in tree if path.startswith((f"{key}.", f"{key}["))]
    return max(fitting, key=len, default=None)


def _meant(place: Place) -> Place:
    shape: Shape | None = FILE
    meant: list[str] = []
    for key in place:
        if shape is not None and shape.keys is not None and key not in shape.keys:
            key = close(key, shape.keys) or key
        meant.append(key)
        shape = _below(shape, key)
    return tuple(meant)


def _below(shape: Shape | None, key: str) -> Shape | None:
    """The shape of what is at ``key`` of a mapping of that shape."""
    if shape is None:
        return None
    return (shape.keys or {}).get(key) or shape.values
