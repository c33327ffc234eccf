"""``config --variables``: the variables that the files mention."""

from __future__ import annotations

import json
from typing import Any

from composer.errors import ComposerError
from composer.spec.mentioned import mentioned
from composer.spec.output import to_yaml

_HEADER = ("NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE")
_LEAST = 20
"""Columns of Docker Compose's table are that wide at least."""


def listed(tree: Any, form: str | None) -> list[str]:
    """The lines of ``form`` (table, json or yaml) about the variables in a raw ``tree``.

    Raises ``ComposerError`` for another form.
    """
    found = mentioned(tree).values()
    if form in (None, "", "table", "pretty"):
        from composer.ui.table import table

        rows = [
            (one.name, "true" if one.required else "false", one.default, one.alternate)
            for one in found
        ]
        return table(_HEADER, rows, least=_LEAST).splitlines()
    described = {
        one.name: {
            "Name": one.name,
            "DefaultValue": one.default,
            "PresenceValue": one.alternate,
            "Required": one.required,
        }
        for one in found
    }
    if form == "json":
        return [json.dumps(described, indent=4, ensure_ascii=False)]
    if form == "yaml":
        lowered = {
            name: {key.lower(): value for key, value in values.items()}
            for name, values in described.items()
        }
        return to_yaml(lowered, escape=False).splitlines()
    raise ComposerError(
        f"unsupported format {form!r}", hint="table, json and yaml are supported for variables"
    )
