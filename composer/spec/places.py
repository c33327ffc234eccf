"""The values that a path with ``*`` leads to in the typed model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec


def values(said: object, words: Sequence[str], path: str) -> Iterator[tuple[str, object]]:
    """What stands below ``said``, which is at ``path``, by the keys ``words``; each with its path.

    ``*`` stands for any key, and for any place in a list.
    """
    if not words:
        yield path, said
        return
    word, *rest = words
    for step, inner in _inside(said, word):
        yield from values(inner, rest, f"{path}{step}")


def _inside(said: object, word: str) -> Iterator[tuple[str, object]]:
    if isinstance(said, (tuple, list)):
        yield from ((f"[{index}]", item) for index, item in enumerate(said))
    elif isinstance(said, Mapping):
        keys = said if word == "*" else {word} & said.keys()
        yield from ((f".{key}", said[key]) for key in keys)
    elif isinstance(said, msgspec.Struct):
        yield f".{word}", getattr(said, word)
