"""The document of manifests as the text of a Compose file, for people to read and go on with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from composer.spec.output import to_yaml
from composer.spec.schema import FILE
from composer.spec.schema.pods import PODS
from composer.spec.shapes import Shape


def compose_text(name: str, document: Mapping[str, Any], lost: Iterable[str]) -> str:
    """The file, keys in the order in which ``config`` prints them.

    ``lost`` is what manifests say and it cannot: told in comments at its top.
    """
    whole = {"name": name, **_ordered(document, FILE)}
    pods = whole.get("x-podman", {}).get("pods")
    if pods:
        whole["x-podman"] = {"pods": _ordered(pods, PODS)}
    parts = {key: value for key, value in whole.items() if value}
    return _comments(lost) + to_yaml(parts, escape=False)


def _ordered(value: Any, shape: Shape | None) -> Any:
    """``value`` with the keys that ``shape`` knows in its order, and others behind them."""
    if isinstance(value, dict):
        known = shape.keys if shape is not None else None
        keys = [key for key in known or () if key in value]
        keys += [key for key in value if key not in keys]
        inner = shape.values if shape is not None else None
        return {key: _ordered(value[key], (known or {}).get(key, inner)) for key in keys}
    if isinstance(value, list):
        return [_ordered(entry, shape.items if shape is not None else None) for entry in value]
    return value


def _comments(lost: Iterable[str]) -> str:
    lines = list(lost)
    if not lines:
        return ""
    told = "".join(f"# - {' '.join(line.split())}\n" for line in lines)
    return f"# What has no effect here, or another than on a cluster:\n{told}"
