"""The hash that tells whether a service's containers are still what its file asks for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_NOT_OF_A_CONTAINER = (
    "build",
    "depends_on",
    "profiles",
    "pull_policy",
    "pull_refresh_after",
    "scale",
    "develop",
    "attach",
    "extends",
)
_UNORDERED = ("ports", "expose", "cap_add", "cap_drop", "secrets", "configs", "group_add")


def config_hash(service: Mapping[str, Any], resources: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what a container of the canonical ``service`` is made from.

    ``resources`` is the mapping with the top-level ``secrets`` and ``configs``, whose definitions
    count too, and ``volumes``, whose names do. Values of secrets are never part of it.
    """
    made_of = {key: value for key, value in service.items() if key not in _NOT_OF_A_CONTAINER}
    if "deploy" in made_of:
        deploy = {key: value for key, value in made_of["deploy"].items() if key != "replicas"}
        made_of["deploy"] = deploy
        if not deploy:
            del made_of["deploy"]
    for key in _UNORDERED:
        if key in made_of:
            made_of[key] = sorted(made_of[key], key=_text)
    for section in ("secrets", "configs"):
        used = {reference["source"] for reference in made_of.get(section, ())}
        defined = resources.get(section, {})
        if used:
            made_of[f"defined {section}"] = {key: defined.get(key) for key in sorted(used)}
    volumes = resources.get("volumes", {})
    sources = {mount.get("source") for mount in made_of.get("volumes", ())}
    names = {key: volumes[key].get("name") for key in sorted(sources & volumes.keys())}
    if names:
        made_of["names of volumes"] = names
    return hashlib.sha256(_text(made_of).encode()).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
