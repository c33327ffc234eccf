"""Every attribute of the typed model, as a path such as ``services.*.networks.*.aliases``."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from composer.spec.model import FileObject, Network, Service, Volume

KINDS: dict[str, type[msgspec.Struct]] = {
    "services": Service,
    "networks": Network,
    "volumes": Volume,
    "secrets": FileObject,
    "configs": FileObject,
}

_OPEN: dict[str, tuple[str, ...]] = {
    "services.*.blkio_config": (
        "weight",
        "weight_device",
        "device_read_bps",
        "device_write_bps",
        "device_read_iops",
        "device_write_iops",
    ),
}
"""What the parts that the model leaves open (``dict[str, Any]``) may hold."""

Leaf = tuple[str, Any]


@functools.cache
def attributes(kind: str) -> dict[str, Any]:
    """All that ``kind`` (``services``) can say, down to single values: path → type."""
    return dict(_leaves(KINDS[kind], f"{kind}.*"))


def _leaves(kind: Any, path: str) -> Iterator[Leaf]:
    if path in _OPEN:
        yield from ((f"{path}.{name}", list) for name in _OPEN[path])
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        for field in msgspec.structs.fields(kind):
            yield from _leaves(hints[field.name], f"{path}.{field.name}")
    else:
        yield from _inside(kind, path)


def _inside(kind: Any, path: str) -> Iterator[Leaf]:
    """``X | None``, ``tuple[X, ...]`` and ``dict[str, X]``, where X may be a struct."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        yield from _leaves(parts[0], path)
        return
    item = parts[0] if origin is tuple else parts[1] if origin is dict else None
    below = list(_leaves(item, f"{path}.*")) if item is not None else []
    if len(below) > 1:
        yield from below
    else:
        yield path, origin or kind


def put(said: Any, path: str, value: Any) -> None:
    """Let ``said`` (what stands below ``services.NAME``) say ``value`` at ``path``.

    The lists and mappings on the way are there already; ``*`` means the first entry of each.
    """
    _, _, *words, last = path.split(".")
    for word in words:
        said = said[_first(said) if word == "*" else word]
    said[last] = value


def _first(said: Any) -> Any:
    return 0 if isinstance(said, list) else next(iter(said))
