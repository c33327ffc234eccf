"""Reads YAML text into a tree of ``Map`` and ``Seq``, with YAML 1.2's core scalars.

PyYAML (on libyaml where it is there) does the scanning and the anchors. What a plain scalar means
is decided by ``composer.spec.scalars``.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from composer.spec.extent import DEPTH_LIMIT, check_extent, place, too_deep
from composer.spec.files import position
from composer.spec.scalars import plain
from composer.spec.tree import Map, Mark, Problems, Seq, fail

ALIAS_LIMIT = 100_000
"""How many values the aliases of one file may stand for, all in all."""

REPEATED_LIMIT = 8 * 2**20
"""How many characters of long texts aliases may repeat, all in all."""

_PLAIN = "plain"
_TEXT = "tag:yaml.org,2002:str"

_LONG = 200
"""How many characters a text has of which it matters how often it is repeated."""


class Document(NamedTuple):
    """One YAML document. ``resets`` and ``overrides`` are the paths (as keys) of those tags."""

    root: Map
    resets: tuple[tuple[str, ...], ...] = ()
    overrides: tuple[tuple[str, ...], ...] = ()


class _Tags:
    """Marks plain scalars, whose meaning is decided later, apart from quoted ones."""

    def resolve(self, kind: type, _value: str, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else _TEXT
        return "map" if kind is yaml.MappingNode else "seq"

    def descend_resolver(self, node: Any, index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class _Loader(_Tags, CParser):
        pass

else:
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Loader(_Tags, Reader, Scanner, Parser, Composer):  # type: ignore[no-redef]
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)


def read(text: str, file: str, problems: Problems, what: str = "a Compose file") -> list[Document]:
    """Read all YAML documents of ``text``. ``file`` is the name that errors show.
    ``what`` is what they call a file.

    Duplicate keys, keys that are not text and the like are noted in ``problems``. Raises
    ``FileError`` for malformed YAML, aliases that refer to themselves or stand for too much, files
    with too many values or too deep ones, and documents that are no mapping.
    """
    builder = _Builder(file, problems)
    tagged = "!reset" in text or "!override" in text
    documents = []
    try:
        check_extent(text, file, _Loader)
        loader = _Loader(text)
        while loader.check_node():
            node = loader.get_node()
            if isinstance(node, yaml.ScalarNode) and node.value == "":
                continue
            if not isinstance(node, yaml.MappingNode):
                raise fail(builder.mark(node), "", f"{what} must be a mapping at its top")
            found = builder.tags(node) if tagged else ((), ())
            documents.append(Document(builder.mapping(node, ""), *found))
    except yaml.MarkedYAMLError as error:
        raise _malformed(error, text, file) from None
    except yaml.YAMLError:
        raise _unreadable(text, file) from None
    except RecursionError:
        raise too_deep((file, 1, 1)) from None
    return documents


def _malformed(error: yaml.MarkedYAMLError, text: str, file: str) -> Exception:
    mark = place(error.problem_mark or error.context_mark, file)
    if "maximum nesting depth" in str(error.problem):  # of newer releases of libyaml
        return too_deep(mark)
    if "undefined alias" in str(error.problem) and error.problem_mark is not None:
        return _undefined_alias(mark, text, error.problem_mark.index)
    context = f" ({error.context})" if error.context else ""
    hint = None
    if "cannot start any token" in str(error.problem) and "scanning" in context:
        hint = "indent with spaces, not tabs; put a value that begins with @ or ` in quotes"
    return fail(mark, "", f"malformed YAML: {error.problem}{context}", hint)


def _undefined_alias(mark: Mark, text: str, index: int) -> Exception:
    """The error for the alias at ``index`` of ``text``, above which its anchor does not stand."""
    from composer.spec.validate import nearest  # needed for this error only

    found = re.match(r"\*([\w-]+)", text[index : index + _LONGEST_ALIAS])
    name = found[1] if found else ""
    known = set(re.findall(rf"&([\w-]{{1,{_LONGEST_ALIAS}}})", text[:index])) - {name}
    hint = f"put &{name} before the value that it stands for, above its use, in the same document"
    return fail(
        mark, "", f"malformed YAML: found undefined alias {name!r}", nearest(name, known) or hint
    )


_LONGEST_ALIAS = 200
"""How many characters of the name of an alias are looked at."""


def _unreadable(text: str, file: str) -> Exception:
    """The error for a text with a character that YAML does not allow."""
    found = re.search(_NOT_YAML, text)
    if found is None:
        return fail((file, 1, 1), "", "not readable as YAML")
    hint = "save the file as UTF-8" if text[:4].count("\0") > 1 else None
    shown = f"U+{ord(found.group()):04X}"
    return fail(
        position(text, found.start(), file),
        "",
        f"the character {shown} is not allowed in YAML",
        hint,
    )


_NOT_YAML = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


class _Builder:
    """Turns YAML nodes into the tree."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.built: set[int] = set()
        self.open: set[int] = set()
        self.aliased = 0
        self.long: set[int] = set()
        self.repeated = 0

    def mark(self, node: Any) -> Mark:
        return place(node.start_mark, self.file)

    def value(self, node: Any, path: str) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        return self.sequence(node, path)

    def scalar(self, node: Any, path: str) -> Any:
        tag = node.tag
        if len(node.value) > _LONG:
            self.count_repeated(node, path)
        if tag is _PLAIN or tag == _PLAIN:
            return plain(node.value)
        if tag == _TEXT or not tag.startswith("tag:yaml.org,2002:"):
            return node.value
        wanted = tag.rpartition(":")[2]
        value = plain(node.value) if node.value else None
        if wanted == "null":
            return None
        if wanted == "float" and isinstance(value, int):
            return float(value)
        if type(value).__name__ != wanted:
            self.problems.add(
                self.mark(node), path, f"{node.value!r} is not of the type !!{wanted}"
            )
        return value

    def count_repeated(self, node: Any, path: str) -> None:
        """Count the characters of a long text that an alias repeats."""
        if id(node) in self.long:
            self.repeated += len(node.value)
            if self.repeated > REPEATED_LIMIT:
                text = f"aliases repeat more than {REPEATED_LIMIT} characters"
                raise fail(self.mark(node), path, text)
        self.long.add(id(node))

    def enter(self, node: Any, path: str) -> None:
        """Count what aliases stand for, and refuse one that contains itself."""
        key = id(node)
        if key in self.open:
            raise fail(self.mark(node), path, "an alias refers to a value that it is a part of")
        if len(self.open) >= DEPTH_LIMIT:
            raise too_deep(self.mark(node))
        if key in self.built:
            self.aliased += 1 + len(node.value)
            if self.aliased > ALIAS_LIMIT:
                raise fail(
                    self.mark(node), path, f"aliases stand for more than {ALIAS_LIMIT} values"
                )
        self.built.add(key)
        self.open.add(key)

    def mapping(self, node: Any, path: str) -> Map:
        self.enter(node, path)
        new = Map()
        marks = new.marks
        merged: list[Any] = []
        for key_node, value_node in node.value:
            key = plain(key_node.value) if key_node.tag == _PLAIN else key_node.value
            if key == "<<" and key_node.tag == _PLAIN:
                merged.append(value_node)
                continue
            mark = self.mark(key_node)
            if not isinstance(key, str) or not isinstance(key_node, yaml.ScalarNode):
                if isinstance(key_node, yaml.ScalarNode):
                    hint = f'write it in quotes: "{key_node.value}"'
                    self.problems.add(mark, path, f"the key {key_node.value} is not text", hint)
                else:
                    self.problems.add(mark, path, "a mapping or list cannot be a key")
                continue
            if key in new:
                first = marks[key]
                self.problems.add(
                    mark, f"{path}.{key}" if path else key, f"already said in line {first[1]}"
                )
            if value_node.tag == "!reset":
                continue
            new[key] = self.value(value_node, f"{path}.{key}" if path else key)
            marks[key] = mark
        for value_node in merged:
            self.merge(new, value_node, path)
        self.open.discard(id(node))
        return new

    def merge(self, into: Map, node: Any, path: str) -> None:
        """Apply ``<<``: keys that are there already win, the first mapping of a list wins."""
        if isinstance(node, yaml.SequenceNode):
            for entry in node.value:
                self.merge(into, entry, path)
            return
        if not isinstance(node, yaml.MappingNode):
            self.problems.add(self.mark(node), path, "<< needs a mapping or a list of mappings")
            return
        source = self.mapping(node, path)
        for key, value in source.items():
            if key not in into:
                into[key] = value
                into.marks[key] = source.marks[key]

    def sequence(self, node: Any, path: str) -> Seq:
        self.enter(node, path)
        new = Seq()
        for index, entry in enumerate(node.value):
            if entry.tag == "!reset":
                continue
            new.append(self.value(entry, f"{path}[{index}]"))
            new.marks.append(self.mark(entry))
        self.open.discard(id(node))
        return new

    def tags(
        self, node: Any, path: tuple[str, ...] = ()
    ) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
        """The paths of the values that are tagged ``!reset`` and ``!override``."""
        resets: list[tuple[str, ...]] = []
        overrides: list[tuple[str, ...]] = []
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here = (*path, str(key.value))
                if value.tag == "!reset":
                    resets.append(here)
                elif value.tag == "!override":
                    overrides.append(here)
                else:
                    below = self.tags(value, here)
                    resets += below[0]
                    overrides += below[1]
        return tuple(resets), tuple(overrides)
