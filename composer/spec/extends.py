"""Applies ``extends``: a service takes over another one, of this file or of another.

This is the specification's chapter "Extends". What is taken from another file is relative to that
file's folder; ``!reset`` and ``!override`` of the extending service apply to what it takes over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from composer.errors import ComposerError, FileError
from composer.spec.lost import Lost
from composer.spec.merge import merge_service
from composer.spec.tree import Map, Problems, copy, fail, mark_of
from composer.spec.validate import nearest

Path = tuple[str, ...]

CHAIN_LIMIT = 100
"""How many services may extend one another in a row."""

COPY_LIMIT = 300_000
"""How many values the services of a file may take over, all in all."""


class Base(NamedTuple):
    """A file to extend from: its canonical services, and how to open the files that it names."""

    services: Map
    shown: str
    removals: tuple[Path, ...]
    raw: bool
    """Whether nothing but what other rules depend on is in canonical form."""
    lost: Lost
    """What was left out of the services, and which of them are not what they should be."""
    open: Callable[[str, str], Base]
    """Gives the base for a file named in this one, with the service that is named and those that
    it extends in turn. Raises ``ComposerError``."""


def apply_extends(base: Base, problems: Problems) -> None:
    """Replace each service of ``base`` that extends another by the merged one.

    Notes services that are not there and services that extend one another. Raises ``FileError``
    when more is taken over than there is room for.
    """
    copied = 0
    for name, service in base.services.items():
        if not isinstance(service, dict) or "extends" not in service:
            continue
        mark = mark_of(service, "extends") or mark_of(base.services, name)
        path = f"services.{name}.extends"
        try:
            if not base.lost.has("services", name, ("extends",)):
                base.services[name] = _extended(name, base, ())
        except ComposerError as error:
            problems.note(error, mark, path)
        base.services[name].pop("extends", None)
        copied += _count(base.services[name])
        if copied > COPY_LIMIT:
            raise fail(mark, path, f"services take over more than {COPY_LIMIT} values")


def _count(value: Any) -> int:
    """How many values ``value`` has."""
    if isinstance(value, dict):
        return len(value) + sum(map(_count, value.values()))
    return len(value) + sum(map(_count, value)) if isinstance(value, list) else 0


def _extended(name: str, base: Base, trail: tuple[tuple[str, str], ...]) -> Any:
    service = base.services[name]
    if not isinstance(service, dict) or "extends" not in service:
        return service
    try:
        return _merged(name, service, base, trail)
    except ComposerError:
        base.lost.add("services", name, "extends")
        raise


def _merged(
    name: str, service: dict[str, Any], base: Base, trail: tuple[tuple[str, str], ...]
) -> Any:
    mark = mark_of(service, "extends") or mark_of(base.services, name)
    here = (base.shown, name)
    if here in trail:
        steps = [*trail[trail.index(here) :], here]
        shown = " extends ".join(f"{service} ({file})" for file, service in steps)
        raise fail(mark, f"services.{name}.extends", f"services extend one another: {shown}")
    if len(trail) >= CHAIN_LIMIT:
        text = f"more than {CHAIN_LIMIT} services extend one another"
        raise fail(mark, f"services.{name}.extends", text)
    wanted = service["extends"]
    target = wanted.get("service", "")
    try:
        other = base.open(wanted["file"], target) if wanted.get("file") else base
    except FileError:
        raise
    except ComposerError as error:
        raise fail(mark, f"services.{name}.extends", error.message, error.hint) from None
    if target not in other.services:
        if other.lost.has("services", target):
            base.lost.add("services", name, "extends")
            return service
        raise fail(
            mark,
            f"services.{name}.extends",
            f"service {target!r} is not in {other.shown}",
            nearest(str(target), other.services) or _known(other.services),
        )
    taken = copy(_extended(target, other, (*trail, here)))
    if other.lost.touches("services", target):
        base.lost.add("services", name, "extends")
    for path in base.removals:
        if path[:2] == ("services", name):
            remove(taken, path[2:])
    own = Map((key, value) for key, value in service.items() if key != "extends")
    own.marks = dict(service.marks) if isinstance(service, Map) else {}
    merged = merge_service(taken, own, raw=base.raw)
    base.services[name] = merged
    return merged


def chain(services: Any, name: str) -> list[str]:
    """The names of ``name`` and of all that it extends within the same, still raw, file."""
    names: list[str] = []
    while isinstance(services, dict) and name in services and name not in names:
        names.append(name)
        service = services[name]
        extended = service.get("extends") if isinstance(service, dict) else None
        if isinstance(extended, dict):
            extended = None if extended.get("file") else extended.get("service")
        if not isinstance(extended, str):
            break
        name = extended
    return names


def _known(services: Map) -> str:
    return f"services there: {', '.join(sorted(services))}"


def remove(value: Any, path: Path) -> None:
    """Take what is at ``path`` out of the mapping ``value``, if it is there."""
    for key in path[:-1]:
        value = value.get(key) if isinstance(value, dict) else None
    if path and isinstance(value, dict):
        value.pop(path[-1], None)
