"""What a batch of changed paths asks for, over all rules."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from composer.watch.rules import RESTARTING, Rule


@dataclass
class Work:
    """What is to be done. Paths are ``target`` → path on this machine."""

    rebuild: list[str] = field(default_factory=list)
    """Services."""
    copies: dict[str, dict[str, str]] = field(default_factory=dict)
    """By service."""
    deletions: dict[str, list[str]] = field(default_factory=dict)
    """By service: paths in containers."""
    restart: list[str] = field(default_factory=list)
    """Services."""
    commands: list[Rule] = field(default_factory=list)
    """Rules whose command is to run after the files are there."""

    def __bool__(self) -> bool:
        return bool(self.rebuild or self.copies or self.deletions or self.restart or self.commands)


def work_for(rules: Sequence[Rule], paths: Iterable[str]) -> Work:
    """What the changes of ``paths`` (absolute) ask for.

    Whether a path was written or removed is seen by looking at it now: several changes of one file
    are one, and what is in a new folder needs no events of its own.
    """
    work = Work()
    for path in sorted(set(paths)):
        there = os.path.lexists(path)
        for rule in rules:
            for changed in _expanded(path) if there else (path,):
                if rule.matches(changed):
                    _note(work, rule, changed, there=there)
    return work


def initial_work(rules: Sequence[Rule]) -> Work:
    """What ``initial_sync`` asks for: all files of the rules that have it."""
    work = Work()
    for rule in rules:
        if rule.initial_sync and rule.syncs:
            for path in _expanded(rule.path):
                if rule.matches(path):
                    work.copies.setdefault(rule.service, {})[rule.target_of(path)] = path
    return work


def _note(work: Work, rule: Rule, path: str, *, there: bool) -> None:
    service = rule.service
    if rule.action == "rebuild" and service not in work.rebuild:
        work.rebuild.append(service)
    if rule.syncs and there:
        work.copies.setdefault(service, {})[rule.target_of(path)] = path
    elif rule.syncs:
        gone = work.deletions.setdefault(service, [])
        if rule.target_of(path) not in gone:
            gone.append(rule.target_of(path))
    if rule.action in RESTARTING and service not in work.restart:
        work.restart.append(service)
    if rule.action == "sync+exec" and rule not in work.commands:
        work.commands.append(rule)


def _expanded(path: str) -> Iterator[str]:
    """``path``, and if it is a folder all that is in it."""
    yield path
    try:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            return
    except OSError:
        return
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            yield f"{folder}/{name}"
