"""Defaults of attributes that ``config`` prints although nobody said them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composer.spec.tree import Map, Mark, Rules, Seq, rewrite

Default = Callable[[Any], Any]
"""Gives a canonical value with its defaults set."""


def _mapping(value: Any) -> Any:
    return Map() if value is None else value


def _context(value: Any) -> Any:
    if isinstance(value, dict):
        value.setdefault("context", ".")
    return value


def _in_order(value: Any) -> Any:
    return Seq(sorted(value)) if isinstance(value, list) else value


def _required(value: Any) -> Any:
    if isinstance(value, dict):
        value.setdefault("required", True)
    return value


def _secret_target(value: Any) -> Any:
    if isinstance(value, dict) and not value.get("target"):
        value["target"] = f"/run/secrets/{value.get('source')}"
    return value


def _all_devices(value: Any) -> Any:
    if isinstance(value, dict) and "device_ids" not in value:
        value.setdefault("count", "all")
    return value


_TABLE: dict[str, Default] = {
    "services.*.build": _context,
    "services.*.build.extra_hosts": _in_order,
    "services.*.depends_on.*": _required,
    "services.*.deploy.resources.reservations.devices.*": _all_devices,
    "services.*.extra_hosts": _in_order,
    "services.*.gpus.*": _all_devices,
    "services.*.secrets.*": _secret_target,
    "networks.*": _mapping,
    "volumes.*": _mapping,
    "secrets.*": _mapping,
    "configs.*": _mapping,
}
DEFAULTS = Rules(_TABLE)
RAW_DEFAULTS = Rules({path: rule for path, rule in _TABLE.items() if rule is not _in_order})


POD_DEFAULTS: Rules[Default] = Rules({"*.depends_on.*": _required})
"""The same for ``x-podman.pods``."""


def set_defaults(model: Map, *, raw: bool = False, rules: Rules[Default] | None = None) -> None:
    """Set the defaults in a canonical or ``raw`` model, which is changed in place.

    The model may also be a part of one, if there are ``rules`` for that.
    """

    def visit(default: Default, value: Any, _path: str, _mark: Mark | None) -> Any:
        return default(value)

    rewrite(model, rules or (RAW_DEFAULTS if raw else DEFAULTS), visit)
