"""The types of the API's fields, from the schemas in the ``kubernetes-validate`` package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

VERSION = "1.32.0"
"""The version of Kubernetes whose API it is."""

Schema = Mapping[str, Any]
Path = tuple[Any, ...]
"""Keys of objects, and of elements of lists: ``(("name", "web"),)``."""

_PREFIX = "#/$defs/"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"


@cache
def _definitions() -> dict[str, Any]:
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{VERSION}-local"
    found: dict[str, Any] = json.loads((folder / "_definitions.json").read_text())["$defs"]
    return found


def schema_of(version: str, kind: str) -> Schema:
    """The schema of a kind such as ``apps/v1`` ``Deployment``."""
    group, _, number = f"core/{version}".rpartition("/")
    short = group.removeprefix("core/").partition(".")[0]
    found: Schema = _definitions()[f"io.k8s.api.{short}.{number}.{kind}"]
    return found


def resolved(schema: Schema) -> Schema:
    """``schema`` itself, or what it refers to."""
    reference = str(schema.get("$ref", ""))
    name = reference.rpartition("/")[2]
    return _definitions()[name] if reference else schema


def _is_quantity(schema: Schema) -> bool:
    return str(schema.get("$ref", "")).endswith(_QUANTITY)


def problems(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """What is wrong with ``value``: fields that are not known, and values of another type."""
    if value is None or _is_quantity(schema):
        return
    known = resolved(schema)
    if isinstance(value, dict):
        properties = known.get("properties")
        more = known.get("additionalProperties")
        if properties is None and not isinstance(more, Mapping):
            return
        for key, part in value.items():
            inner = (properties or {}).get(key)
            if inner is None and isinstance(more, Mapping):
                inner = more
            if inner is None:
                yield f"{path}.{key}: field not declared in schema"
            else:
                yield from problems(part, inner, f"{path}.{key}")
    elif isinstance(value, list):
        if "items" not in known:
            yield f"{path}: expected map, got list"
            return
        for place, part in enumerate(value):
            yield from problems(part, known["items"], f"{path}[{place}]")
    else:
        yield from _wrong_scalar(value, known, path)


_TYPES = {"string": str, "integer": int, "boolean": bool, "number": (int, float)}


def _wrong_scalar(value: Any, known: Schema, path: str) -> Iterator[str]:
    allowed = known.get("type")
    names = allowed if isinstance(allowed, list) else [allowed]
    kinds: list[Any] = [_TYPES[name] for name in names if name in _TYPES]
    is_truth = isinstance(value, bool) and "boolean" not in names
    if "object" in names or "array" in names:
        yield f"{path}: expected map or list, got {value!r}"
    elif kinds and (is_truth or not any(isinstance(value, kind) for kind in kinds)):
        yield f"{path}: expected {names[0]}, got {value!r}"


def element_key(element: Any, schema: Schema) -> Path | None:
    """What tells an element of a list from the others; None in a list that is a whole."""
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys")
    if kind == "set":
        return (("", element),)
    if kind != "map" or keys is None:
        return None
    defaults = {"protocol": "TCP"}
    return tuple((key, element.get(key, defaults.get(key))) for key in keys)


def leaves(value: Any, schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields of ``value`` that have an owner each, with what they hold."""
    known = resolved(schema)
    if isinstance(value, dict) and known.get("x-kubernetes-map-type") != "atomic":
        properties, more = known.get("properties") or {}, known.get("additionalProperties")
        for key, part in value.items():
            inner = properties.get(key) or (more if isinstance(more, Mapping) else {})
            yield from leaves(part, inner, (*path, key))
        if not value:
            yield path, {}
    elif isinstance(value, list) and value and element_key(value[0], known) is not None:
        for element in value:
            name = element_key(element, known)
            yield from leaves(element, known["items"], (*path, name))
    else:
        yield path, value


def merged(live: Any, applied: Any, schema: Schema) -> Any:
    """``live`` with the fields of ``applied``."""
    known = resolved(schema)
    if isinstance(live, dict) and isinstance(applied, dict):
        if known.get("x-kubernetes-map-type") == "atomic":
            return applied
        properties, more = known.get("properties") or {}, known.get("additionalProperties")
        result = dict(live)
        for key, part in applied.items():
            inner = properties.get(key) or (more if isinstance(more, Mapping) else {})
            result[key] = merged(live[key], part, inner) if key in live else part
        return result
    if isinstance(live, list) and isinstance(applied, list) and applied:
        if element_key(applied[0], known) is None:
            return applied
        present = {element_key(one, known): one for one in live}
        for one in applied:
            name = element_key(one, known)
            held = present.get(name)
            present[name] = one if held is None else merged(held, one, known["items"])
        return list(present.values())
    return applied


def without(value: Any, schema: Schema, path: Path) -> Any:
    """``value`` without the field at ``path``; what is empty then goes with it, as None."""
    if not path:
        return None
    known, first = resolved(schema), path[0]
    if isinstance(value, dict) and first in value:
        properties, more = known.get("properties") or {}, known.get("additionalProperties")
        inner = properties.get(first) or (more if isinstance(more, Mapping) else {})
        part = without(value[first], inner, path[1:])
        rest = {key: one for key, one in value.items() if key != first}
        return (rest if part is None else {**value, first: part}) or None
    if isinstance(value, list):
        result = []
        for element in value:
            if element_key(element, known) == first:
                element = without(element, known["items"], path[1:])
            if element is not None:
                result.append(element)
        return result or None
    return value


def shown(path: Path) -> str:
    """``path`` as conflicts tell it: ``.spec.containers[name="web"].image``."""
    text = ""
    for part in path:
        if isinstance(part, tuple):
            keys = ",".join(f"{key}={json.dumps(value)}" for key, value in part)
            text += f"[{keys}]"
        else:
            text += f".{part}"
    return text
