"""The table of all places of the Compose Specification, each with the forms that a value may have.

``schema_paths.txt`` beside this module is derived from the specification's JSON schema, as the
compared docker-compose holds it: ``python -m tests.conformance.schema_paths compose-spec.json``
prints it. In a path ``*`` stands for any key, ``[]`` for any entry of a list and ``x-*`` for an
extension. Forms are ``text``, ``number``, ``boolean``, ``null``, ``list``, ``mapping``, and
``=WORD`` for each word of a closed set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_suffix(".txt")
Table = dict[str, frozenset[str]]

_FORMS = {
    "string": "text",
    "object": "mapping",
    "array": "list",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def table() -> Table:
    """The checked-in table: the forms of each path."""
    lines = (line.split() for line in TABLE.read_text().splitlines())
    return {path: frozenset(forms) for path, *forms in lines}


def observed(value: Any, known: Table, path: str = "") -> Iterator[tuple[str, str]]:
    """The paths of ``known`` that the YAML tree ``value`` says something at, each with a form.

    A path that takes any value, as those of extensions, has the form ``any``.
    """
    if path and not known[path]:
        yield path, "any"
        return
    yield path or ".", form(value)
    if isinstance(value, str) and f"={value}" in known.get(path, ()):
        yield path, f"={value}"
    if isinstance(value, dict):
        for key, entry in value.items():
            below = [join(path, word) for word in (key, "x-*" if key.startswith("x-") else "*")]
            found = next((word for word in below if word in known), None)
            if found is not None:
                yield from observed(entry, known, found)
    elif isinstance(value, list) and f"{path}[]" in known:
        for entry in value:
            yield from observed(entry, known, f"{path}[]")


def form(value: Any) -> str:
    """The form of a YAML value."""
    if value is None:
        return "null"
    for kind, word in ((bool, "boolean"), ((int, float), "number"), (str, "text"), (list, "list")):
        if isinstance(value, kind):
            return word
    return "mapping"


def join(path: str, key: str) -> str:
    """The path of ``key`` below ``path``."""
    return f"{path}.{key}" if path else key


def derive(schema: dict[str, Any]) -> Table:
    """The table of a JSON schema."""
    found: dict[str, set[str]] = {}
    _derive(schema, "", schema["definitions"], found)
    del found[""]
    return {path: frozenset(forms) for path, forms in found.items()}


def _derive(
    node: dict[str, Any], path: str, definitions: dict[str, Any], found: dict[str, set[str]]
) -> None:
    while "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    forms = found.setdefault(path, set())
    kinds = node.get("type", [])
    forms.update(_FORMS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))
    forms.update(f"={word}" for word in [*node.get("enum", ()), *_constant(node)])
    for below, key in _below(node):
        _derive(below, f"{path}{key}" if key in ("[]", "") else join(path, key), definitions, found)


def _constant(node: dict[str, Any]) -> list[str]:
    return [node["const"]] if "const" in node else []


def _below(node: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The schemas below ``node``, each with what it adds to the path."""
    for word in ("oneOf", "anyOf", "allOf"):
        for entry in node.get(word, ()):
            yield entry, ""
    for key, entry in node.get("properties", {}).items():
        yield entry, key
    for pattern, entry in node.get("patternProperties", {}).items():
        yield entry, "x-*" if pattern == "^x-" else "*"
    if isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"], "*"
    if "items" in node:
        yield node["items"], "[]"


def main() -> None:
    """Print the table of the schema that is named on the command line."""
    derived = derive(json.loads(Path(sys.argv[1]).read_text()))
    for path, forms in sorted(derived.items()):
        print(path, *sorted(forms))


if __name__ == "__main__":
    main()
