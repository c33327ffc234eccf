"""Finds a cycle among services that depend on one another, in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def find_cycle(edges: Mapping[str, Iterable[str]]) -> list[str] | None:
    """A cycle as the names along it, the first one repeated at the end; None if there is none."""
    done: set[str] = set()
    for start in sorted(edges):
        if start in done:
            continue
        trail: list[str] = [start]
        on_trail = {start}
        pending = [iter(sorted(edges[start]))]
        while pending:
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
                name = trail.pop()
                on_trail.discard(name)
                done.add(name)
            elif following in on_trail:
                return [*trail[trail.index(following) :], following]
            elif following not in done and following in edges:
                trail.append(following)
                on_trail.add(following)
                pending.append(iter(sorted(edges[following])))
    return None
