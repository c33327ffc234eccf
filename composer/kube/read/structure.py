"""Checks objects against the table of Kubernetes' fields: unknown ones, types, missing ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from composer.kube.fields import Field, fields_of
from composer.kube.quantities import quantity
from composer.kube.read.cursor import Cursor
from composer.spec.tree import Map, Problems
from composer.spec.validate import nearest

_LISTED = 12
"""How many fields are listed in a hint."""


def check_structure(root: Cursor, type_: str, problems: Problems) -> None:
    """Note in ``problems`` all that is not as the fields of ``type_`` are."""
    if type_.startswith("["):
        _list(root, type_[1:-1], problems)
    elif type_.startswith("{"):
        _mapping(root, type_[1:-1], problems)
    elif type_ in _SCALARS:
        text = _SCALARS[type_](root.value)
        if text and root.path.startswith("Secret"):
            problems.add(root.mark, root.path, f"no {type_}", "write it in quotes")
        elif text:
            problems.add(root.mark, root.path, text, _quoted(type_, root.value))
    else:
        fields = fields_of(type_)
        if fields is not None:
            _fields(root, fields, problems)


def _list(root: Cursor, inner: str, problems: Problems) -> None:
    if not isinstance(root.value, list):
        problems.add(root.mark, root.path, f"a list is needed, not {_shown(root.value)}")
        return
    for entry in root.each():
        if entry:
            check_structure(entry, inner, problems)
        else:
            problems.add(entry.mark, entry.path, "is empty")


def _mapping(root: Cursor, inner: str, problems: Problems) -> None:
    if not isinstance(root.value, Map):
        problems.add(root.mark, root.path, f"a mapping is needed, not {_shown(root.value)}")
        return
    for key in root.value:
        found = root.get(key)
        if found:
            check_structure(found, inner, problems)


def _fields(root: Cursor, fields: Mapping[str, Field], problems: Problems) -> None:
    if not isinstance(root.value, Map):
        problems.add(root.mark, root.path, f"a mapping is needed, not {_shown(root.value)}")
        return
    for key in root.value:
        found = root.get(key)
        if key not in fields:
            problems.add(found.mark, found.path, "is unknown", _hint(key, fields))
        elif found:
            check_structure(found, fields[key].type, problems)
    for key, field in fields.items():
        if field.required and not root.get(key):
            problems.add(root.mark, root.path.rstrip(":"), f"{key} is missing")


def _hint(key: str, fields: Mapping[str, Field]) -> str | None:
    listed = f"known here: {', '.join(sorted(fields))}" if len(fields) <= _LISTED else None
    return nearest(key, fields) or listed


def _shown(value: Any) -> str:
    if isinstance(value, Map):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else f"a text is needed, not {_shown(value)}"


def _integer(value: Any) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return "" if whole else f"a whole number is needed, not {_shown(value)}"


def _number(value: Any) -> str:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return "" if plain else f"a number is needed, not {_shown(value)}"


def _boolean(value: Any) -> str:
    return "" if isinstance(value, bool) else f"true or false is needed, not {_shown(value)}"


def _either(value: Any) -> str:
    fine = isinstance(value, (int, str)) and not isinstance(value, bool)
    return "" if fine else f"a number or a text is needed, not {_shown(value)}"


def _quantity(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return f"a quantity is needed, not {_shown(value)}"
    try:
        quantity(value)
    except ValueError as error:
        return str(error)
    return ""


_SCALARS: dict[str, Callable[[Any], str]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "intOrString": _either,
    "quantity": _quantity,
    "object": lambda _value: "",
}
"""By type: what is wrong with a value, or an empty text."""


def _quoted(type_: str, value: Any) -> str | None:
    """The hint for a text that YAML takes for something else."""
    if type_ != "string" or isinstance(value, (dict, list)):
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'write it in quotes: "{text}"'
