"""The tree that a Compose file is read into: plain mappings and lists that remember their places.

``Map`` and ``Seq`` are a ``dict`` and a ``list`` that also know where each of their entries was
said. All rules that differ from attribute to attribute are kept in ``Rules`` tables, keyed by a
path pattern such as ``services.*.ports``, where ``*`` stands for any one key or index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from composer.errors import ComposerError, FileError, Position

Mark = tuple[str, int, int]
"""File (as the user is shown it), line and column from 1. A plain tuple: thousands are made."""

Rule = TypeVar("Rule")


class Map(dict[str, Any]):
    """A mapping of a Compose file. ``marks`` says where each key was said."""

    __slots__ = ("marks",)

    def __init__(self, entries: Iterable[tuple[str, Any]] = (), mark: Mark | None = None) -> None:
        super().__init__(entries)
        self.marks: dict[str, Mark] = dict.fromkeys(self, mark) if mark else {}


class Seq(list[Any]):
    """A list of a Compose file. ``marks`` says where each entry was said."""

    __slots__ = ("marks",)

    def __init__(self, entries: Iterable[Any] = (), mark: Mark | None = None) -> None:
        super().__init__(entries)
        self.marks: list[Mark | None] = [mark] * len(self)

    def add(self, value: Any, mark: Mark | None) -> None:
        """Append ``value``, said at ``mark``."""
        self.append(value)
        self.marks.append(mark)


def entries(value: Seq | list[Any]) -> Iterator[tuple[Any, Mark | None]]:
    """The entries of a list, each with its place."""
    marks: list[Mark | None] = getattr(value, "marks", [])
    for index, entry in enumerate(value):
        yield entry, marks[index] if index < len(marks) else None


def mark_of(value: Any, key: str) -> Mark | None:
    """Where ``key`` of the mapping ``value`` was said, None when nobody said it."""
    return value.marks.get(key) if isinstance(value, Map) else None


def put(mapping: Any, key: str, value: Any, mark: Mark | None) -> None:
    """Set a key and where it was said."""
    mapping[key] = value
    if mark is not None and isinstance(mapping, Map):
        mapping.marks[key] = mark


def copy(value: Any) -> Any:
    """A deep copy that shares scalars and marks."""
    if isinstance(value, dict):
        new = Map((key, copy(entry)) for key, entry in value.items())
        new.marks = dict(value.marks) if isinstance(value, Map) else {}
        return new
    if isinstance(value, list):
        seq = Seq(copy(entry) for entry in value)
        seq.marks = list(getattr(value, "marks", seq.marks))
        return seq
    return value


SHOWN = 100
"""How many problems are reported in one go."""

_BRIEF = 1000
_LONG_WORD = 300
"""How many characters of a message, and of a word in it, are shown."""


def brief(text: str) -> str:
    """``text`` without the middle of words that are too long to be read, and of all if it still is.

    A path of a file is never that long.
    """
    if len(text) > _LONG_WORD:
        text = re.sub(rf"\S{{{_LONG_WORD},}}", lambda word: _ends(word.group(), 100), text)
    return text if len(text) <= _BRIEF else _ends(text, _BRIEF)


def _ends(text: str, length: int) -> str:
    return f"{text[: length * 2 // 3]}…{text[-length // 3 :]}"


UNKNOWN = object()
"""Stands for a value that cannot be told because there is a problem with it."""


class Problems:
    """Collects what is wrong with files, so that all of it can be reported in one go."""

    def __init__(self) -> None:
        self.found: list[ComposerError] = []
        self.paths: list[str] = []
        """What each of ``found`` is about; empty for a whole file."""
        self.files: tuple[str, ...] = ()
        """The files whose problems are told first."""
        self.warnings: list[str] = []
        self.gaps: dict[str, list[Mark]] = {}
        """Where the entries of lists stood that were left out, by the lists' paths."""

    @property
    def many(self) -> bool:
        """Whether more were found than are reported: no use to think of hints any more."""
        return len(self.found) > SHOWN

    def add(self, mark: Mark | None, path: str, text: str, hint: str | None = None) -> None:
        """Note a problem at ``path`` (``services.web.ports[0]``, or empty for the whole file)."""
        position = Position(*mark) if mark else None
        message = brief(f"{self._written(path, mark)}: {text}" if path else text)
        hint = brief(hint) if hint else None
        self.found.append(ComposerError(message, hint=hint, position=position))
        self.paths.append(path)

    def _written(self, path: str, mark: Mark | None) -> str:
        """``path`` with the index that an entry at ``mark`` has in its file."""
        listed, _, entry = path.partition("[")
        gaps = self.gaps.get(listed) if entry and mark else None
        if not gaps or mark is None:
            return path
        index, _, below = entry.partition("]")
        before = sum(gap[0] == mark[0] and gap < mark for gap in gaps)
        return f"{listed}[{int(index) + before}]{below}"

    def warn(self, mark: Mark | None, path: str, text: str) -> None:
        """Note something at ``path`` that works, but should not be written as it is."""
        place = f"{Position(*mark)}: " if mark else ""
        self.warnings.append(f"{place}{path}: {brief(text)}")

    def note(self, error: ComposerError, mark: Mark | None = None, path: str = "") -> None:
        """Note an error that was raised. One without a place gets ``mark`` and ``path``."""
        for problem in error.problems if isinstance(error, FileError) else (error,):
            if problem.position is None and path:
                self.add(mark, path, problem.message, problem.hint)
            else:
                self.found.append(problem)
                self.paths.append(path)

    def check(self) -> None:
        """Raise ``FileError`` if anything was noted."""
        if self.found:
            known: dict[str, ComposerError] = {str(problem): problem for problem in self.found}
            order = {file: index for index, file in enumerate(self.files)}
            for problem in known.values():
                order.setdefault(problem.position.file if problem.position else "", len(order))
            told = sorted(known.values(), key=lambda problem: _place(problem, order))
            if len(told) > SHOWN:
                told[SHOWN:] = [ComposerError(f"… and {len(told) - SHOWN} more problems")]
            raise FileError(told)


def _place(problem: ComposerError, order: Mapping[str, int]) -> tuple[int, int, int]:
    """Where a problem is told: the files in the order in which they were read."""
    at = problem.position or ("", 0, 0)
    return (order[at[0]], at[1], at[2])


def fail(mark: Mark | None, path: str, text: str, hint: str | None = None) -> FileError:
    """The error for a single problem."""
    problems = Problems()
    problems.add(mark, path, text, hint)
    return FileError(problems.found)


class Rules(Generic[Rule]):
    """A table of rules keyed by path pattern, compiled to a tree so that a walk follows it."""

    __slots__ = ("any", "named", "rule")

    def __init__(self, table: Mapping[str, Rule] | None = None) -> None:
        self.rule: Rule | None = None
        self.named: dict[str, Rules[Rule]] = {}
        self.any: Rules[Rule] | None = None
        for pattern, rule in (table or {}).items():
            node = self
            for word in pattern.split("."):
                node = node._child(word)
            node.rule = rule

    def _child(self, word: str) -> Rules[Rule]:
        if word == "*":
            if self.any is None:
                self.any = Rules()
            return self.any
        return self.named.setdefault(word, Rules())

    def step(self, key: str) -> Rules[Rule] | None:
        """The rules below ``key``: those that name it, else those for any key."""
        return self.named.get(key) or self.any


Visit = Callable[[Rule, Any, str, "Mark | None"], Any]


def rewrite(
    value: Any, rules: Rules[Rule], visit: Visit[Rule], path: str = "", mark: Mark | None = None
) -> Any:
    """Replace each value that a rule of ``rules`` is about by ``visit(rule, value, path, mark)``.

    A value is visited before its entries are. Only paths that the table knows are walked. Mappings
    and lists are changed in place; the value itself is returned, as it may be another one.
    """
    if rules.rule is not None:
        value = visit(rules.rule, value, path, mark)
    if isinstance(value, dict):
        if rules.any is None:
            known = [(key, rules.named[key]) for key in rules.named if key in value]
        else:
            known = [(key, rules.named.get(key) or rules.any) for key in value]
        marks = value.marks if isinstance(value, Map) else {}
        for key, below in known:
            here = f"{path}.{key}" if path else key
            value[key] = rewrite(value[key], below, visit, here, marks.get(key, mark))
    elif isinstance(value, list) and rules.any is not None:
        for index, (entry, at) in enumerate(entries(value)):
            value[index] = rewrite(entry, rules.any, visit, f"{path}[{index}]", at or mark)
    return value
