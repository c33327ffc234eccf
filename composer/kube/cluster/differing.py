"""What apply would change, as unified text: the live object beside what the server would make."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from composer.kube.cluster.api import Object
from composer.kube.cluster.applying import Outcome
from composer.kube.cluster.belongings import Key, Place, content

_HIDDEN = "***"
_FIRST = ("apiVersion", "kind", "metadata", "name")
"""Keys that stand before the others."""
_CONTEXT = 3
"""Lines around a change."""


def differences(
    place: Place, outcomes: Sequence[Outcome], pruned: Mapping[Key, Object]
) -> Iterator[str]:
    """The lines, without their ends, of all changes: none if there is nothing to do.

    What is to be ``pruned`` is shown as removed. Values of secrets are hidden; a changed one is
    told apart from the one before.
    """
    for outcome in outcomes:
        if outcome.word != "unchanged":
            after = outcome.after
            if after is None:
                after = outcome.item.manifest
            yield from _unified(place, outcome.item.key, outcome.before, after)
    for key, live in pruned.items():
        yield from _unified(place, key, live, None)


def _unified(place: Place, key: Key, before: Object | None, after: Object | None) -> Iterator[str]:
    name = f"{key.resource.version.replace('/', '.')}.{key.resource.kind}.{place.namespace}"
    old, new = _without_values(before, after)
    yield from difflib.unified_diff(
        _lines(old),
        _lines(new),
        f"live/{name}.{key.name}" if old is not None else "/dev/null",
        f"file/{name}.{key.name}" if new is not None else "/dev/null",
        lineterm="",
        n=_CONTEXT,
    )


def _lines(found: Object | None) -> list[str]:
    if found is None:
        return []
    from composer.kube.write.stream import to_stream

    return to_stream([_sorted(content(found))]).splitlines()


def _sorted(value: Any) -> Any:
    """``value`` in an order of its own: the server keeps none, and files have another."""
    if isinstance(value, dict):
        first = [key for key in _FIRST if key in value]
        rest = sorted(key for key in value if key not in _FIRST)
        return {key: _sorted(value[key]) for key in (*first, *rest)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _without_values(
    before: Object | None, after: Object | None
) -> tuple[Object | None, Object | None]:
    """Both with the values of a Secret hidden, so that one still sees which of them differ."""
    if "Secret" not in {one["kind"] for one in (before, after) if one is not None}:
        return before, after
    old, new = dict(before or {}), dict(after or {})
    for field in ("data", "stringData"):
        was: dict[str, Any] = old.get(field) or {}
        becomes: dict[str, Any] = new.get(field) or {}
        changed = {key for key in was.keys() & becomes.keys() if was[key] != becomes[key]}
        if was:
            old[field] = {key: f"{_HIDDEN} (before)" if key in changed else _HIDDEN for key in was}
        if becomes:
            new[field] = {
                key: f"{_HIDDEN} (after)" if key in changed else _HIDDEN for key in becomes
            }
    return (old if before is not None else None), (new if after is not None else None)
