"""The Compose document while it is made out of manifests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from composer.kube.read.cursor import Cursor
from composer.kube.read.objects import Object
from composer.kube.read.texts import Texts
from composer.spec.tree import Map, Mark, Problems, Seq, put

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def _texts(value: Any) -> Iterator[str]:
    """All texts in ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _texts(entry)


class Draft:
    """The sections of the document, what the manifests have, and what is noted about them."""

    def __init__(self, objects: Iterable[Object], texts: Texts, problems: Problems) -> None:
        self.objects = list(objects)
        self.texts = texts
        self.problems = problems
        self._sections: dict[str, Map] = {}

    @cached_property
    def _names(self) -> frozenset[str]:
        """All words in the texts of the objects that may be names of hosts."""
        words = (_HOST.findall(text) for one in self.objects for text in _texts(one.root.value))
        return frozenset(word for found in words for word in found)

    def mentions(self, name: str) -> bool:
        """Whether any text of the manifests has ``name`` (of a host, with a dot) in it."""
        return name in self._names

    def of_kind(self, *kinds: str) -> list[Object]:
        """The objects of ``kinds``, in the order of the files."""
        return [one for one in self.objects if one.kind in kinds]

    def section(self, name: str) -> Map:
        """``services``, ``volumes`` …"""
        return self._sections.setdefault(name, Map())

    def add(self, section: str, key: str, value: Any, mark: Mark | None) -> None:
        """Add an entry to a section, unless it is there."""
        if key not in self.section(section):
            put(self.section(section), key, value, mark)

    def warn(self, said: Cursor, text: str) -> None:
        """Say that something has no effect, or another than on a cluster."""
        self.problems.warn(said.mark, said.path, text)

    def wrong(self, said: Cursor, text: str, hint: str | None = None) -> None:
        """Note a problem."""
        self.problems.add(said.mark, said.path, text, hint)

    def document(self) -> Map:
        """The whole document. Pods are an extension of ours."""
        root = Map()
        for name in ("services", "networks", "volumes", "configs"):
            if self._sections.get(name):
                put(root, name, self._sections[name], _first_mark(self._sections[name]))
        pods = self._sections.get("pods")
        if pods:
            put(root, "x-podman", mapping({"pods": pods}, _first_mark(pods)), _first_mark(pods))
        return root


def _first_mark(value: Map) -> Mark | None:
    return next(iter(value.marks.values()), None)


def mapping(values: Mapping[str, Any], mark: Mark | None) -> Map:
    """``values`` as a mapping of a file, without those that are None, all said at ``mark``."""
    return Map(((key, value) for key, value in values.items() if value is not None), mark)


def listing(values: Iterable[Any], mark: Mark | None) -> Seq:
    """``values`` as a list of a file, all said at ``mark``."""
    return Seq(values, mark)


def extend(into: Map, key: str, values: Iterable[Any], mark: Mark | None) -> None:
    """Add ``values`` to the list ``key``, which is made if need be; nothing for no values."""
    added = [value for value in values if value not in into.get(key, ())]
    if not added:
        return
    if key not in into:
        put(into, key, Seq(), mark)
    for value in added:
        into[key].add(value, mark)


def deepen(into: Map, key: str, values: Mapping[str, Any], mark: Mark | None) -> None:
    """Add ``values`` to the mapping ``key``, which is made if need be."""
    if not values:
        return
    if key not in into:
        put(into, key, Map(), mark)
    for name, value in values.items():
        if isinstance(value, Map) and isinstance(into[key].get(name), Map):
            deepen(into[key], name, value, mark)
        else:
            put(into[key], name, value, mark)
