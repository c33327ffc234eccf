"""The functions of templates: those of Go that are of use here, and those that Docker adds."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from composer.printable import printable_json

Function = Callable[..., Any]


def as_text(value: object) -> str:
    """``value`` as Go prints it: lists as ``[a b]``, structures as ``{a b}``."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{' '.join(map(as_text, value))}]"
    if isinstance(value, msgspec.Struct):
        return f"{{{' '.join(map(as_text, msgspec.structs.astuple(value)))}}}"
    if isinstance(value, Mapping):
        pairs = sorted((k, v) for k, v in value.items() if not callable(v))
        return f"map[{' '.join(f'{key}:{as_text(item)}' for key, item in pairs)}]"
    return str(value)


def as_json(value: object) -> str:
    """``value`` as JSON on one line; of a row all that is no function."""
    if isinstance(value, Mapping):
        value = {key: item for key, item in value.items() if not callable(item)}
    return printable_json(msgspec.json.encode(value).decode())


_VERB = re.compile(r"%([-+ 0#]*[0-9]*(?:\.[0-9]+)?)([a-zA-Z%])")


def _printf(pattern: str, *values: object) -> str:
    """Go's ``printf`` with the verbs that text and numbers need."""
    rest = iter(values)

    def one(match: re.Match[str]) -> str:
        flags, verb = match.groups()
        if verb == "%":
            return "%"
        value = next(rest)
        if verb in "dxXof":
            return f"%{flags}{verb}" % value
        text = json.dumps(as_text(value), ensure_ascii=False) if verb == "q" else as_text(value)
        return f"%{flags}s" % text

    try:
        return _VERB.sub(one, pattern)
    except StopIteration:
        raise ValueError(f"printf has too few values for {pattern!r}") from None


def _print(*values: object) -> str:
    """Values with a space between two of them of which neither is text."""
    text = ""
    for index, value in enumerate(values):
        spaced = index and not isinstance(value, str) and not isinstance(values[index - 1], str)
        text += (" " if spaced else "") + as_text(value)
    return text


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        value = value[key]
    return value


def _last_truth(values: tuple[object, ...], stop: bool) -> object:
    """The first of ``values`` whose truth is ``stop``, else the last."""
    return next((value for value in values if bool(value) is stop), values[-1])


FUNCTIONS: dict[str, Function] = {
    "json": as_json,
    "upper": lambda text: text.upper(),
    "lower": lambda text: text.lower(),
    "title": lambda text: re.sub(r"\b\w", lambda m: m[0].upper(), text),
    "join": lambda items, between: between.join(map(as_text, items)),
    "split": lambda text, between: text.split(between),
    "pad": lambda text, before, after: " " * before + text + " " * after if text else text,
    "truncate": lambda text, length: text[:length],
    "len": len,
    "index": _index,
    "print": _print,
    "println": lambda *values: " ".join(map(as_text, values)) + "\n",
    "printf": _printf,
    "eq": lambda first, *others: any(first == other for other in others),
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "not": operator.not_,
    "and": lambda *values: _last_truth(values, False),
    "or": lambda *values: _last_truth(values, True),
}


def _as_it_is(heading: object, *_: object) -> object:
    return heading


HEADER_FUNCTIONS: dict[str, Function] = FUNCTIONS | dict.fromkeys(
    ("json", "upper", "lower", "title", "join", "split", "truncate"), _as_it_is
)
"""Those for the heading of a table, which functions leave as it is."""
