"""What ConfigMaps and Secrets hold."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from composer.kube.read.cursor import Cursor
from composer.kube.read.objects import Object
from composer.spec.tree import Mark, Problems

KINDS = ("ConfigMap", "Secret")


class Text(NamedTuple):
    """One entry. In ``content`` the bytes of what is no text are escaped by surrogates."""

    content: str
    mark: Mark | None

    @property
    def readable(self) -> bool:
        """Whether it is text, as variables have to be."""
        return is_text(self.content)


def is_text(content: str) -> bool:
    """Whether ``content`` holds no escaped bytes."""
    return not _ESCAPED.search(content)


_ESCAPED = re.compile("[\udc80-\udcff]")


class Texts:
    """The entries of all ConfigMaps and Secrets of the files."""

    def __init__(
        self, sound: Iterable[Object], broken: Iterable[Object], problems: Problems
    ) -> None:
        self._broken = {(one.kind, one.name) for one in broken}
        self._found: dict[tuple[str, str], dict[str, Text]] = {}
        for one in sound:
            if one.kind in KINDS:
                self._found.setdefault((one.kind, one.name), _entries(one, problems))

    def names(self, kind: str) -> list[str]:
        """The names of all objects of ``kind``."""
        return [name for found, name in self._found if found == kind]

    def is_broken(self, kind: str, name: str) -> bool:
        """Whether there is an object of that name in which something is wrong."""
        return (kind, name) in self._broken

    def of(self, kind: str, name: str) -> Mapping[str, Text] | None:
        """The entries of an object, None if there is none of that name."""
        return self._found.get((kind, name))


def _entries(one: Object, problems: Problems) -> dict[str, Text]:
    found = {}
    plain, encoded = ("data", "binaryData") if one.kind == "ConfigMap" else ("stringData", "data")
    for key, said in one.root.get(encoded).items():
        found[key] = Text(_decoded(said, problems), said.mark)
    for key, said in one.root.get(plain).items():
        found[key] = Text(said.text(), said.mark)
    return found


def _decoded(said: Cursor, problems: Problems) -> str:
    """What base64 stands for. Its content is in no message."""
    try:
        data = base64.b64decode("".join(said.text().split()), validate=True)
    except (binascii.Error, ValueError):
        problems.add(said.mark, said.path, "is not base64", "write plain text below stringData")
        return ""
    return data.decode(errors="surrogateescape")
