"""Gives the model in the form that ``config`` prints: typed values, nothing empty, fixed order."""

from __future__ import annotations

from typing import Any

from composer.spec import units
from composer.spec.order import in_natural_order
from composer.spec.shapes import Shape


def render(value: Any, shape: Shape) -> Any:
    """``value`` (canonical, and accepted by ``shape``) as it is printed.

    Mappings with known keys are in the schema's order with the ``x-`` keys last; those whose keys
    the user invents are sorted by key. Empty values are left out where Docker Compose does so.
    """
    if isinstance(value, dict):
        if shape.keys is not None:
            return _struct(value, shape)
        if shape.values is not None:
            below = shape.values
            return {key: render(value[key], below) for key in in_natural_order(value)}
        return value
    if isinstance(value, list):
        if shape.items is None:
            return value
        return [render(entry, shape.items) for entry in value]
    if shape.syntax is None or type(value) not in shape.accepts:
        return value
    if isinstance(value, str) and "$" in value:
        return _with_variables(value, shape)
    return shape.syntax(value)


def _with_variables(value: str, shape: Shape) -> Any:
    """A text that may have variables left in it (``--no-interpolate``): as it is, if need be."""
    if shape.syntax is None or shape.items is not None or shape.keys is not None:
        return value  # a short form, which is no use taking apart
    try:
        return shape.syntax(value)
    except ValueError:
        return value


def _struct(value: dict[str, Any], shape: Shape) -> dict[str, Any]:
    out: dict[str, Any] = {}
    known = shape.keys or {}
    for key, below in known.items():
        if key not in value:
            continue
        said = value[key]
        if said is None:
            continue
        shown = render(said, below)
        if shown or below.keep:
            out[key] = shown
    if shape.extensions == "kept":
        for key in in_natural_order(key for key in value if key.startswith("x-")):
            out[key] = in_order(value[key])
    return out


def in_order(value: Any) -> Any:
    """``value`` as it is, as plain mappings in order, lists, and numbers as they print."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in in_natural_order(value)}
    if isinstance(value, list):
        return [in_order(entry) for entry in value]
    return units.whole(value) if isinstance(value, float) else value
