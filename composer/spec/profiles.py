"""Decides which services are active: those without profiles, and those with an active one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from composer.errors import ComposerError
from composer.spec.validate import nearest


class Selection(NamedTuple):
    """Names of active and inactive services, in the order of the file."""

    active: tuple[str, ...]
    inactive: tuple[str, ...]


def select(
    services: Mapping[str, Any], profiles: Iterable[str], named: Iterable[str] = ()
) -> Selection:
    """Split ``services`` by the active ``profiles`` (``*`` is all of them).

    The profiles of services ``named`` on the command line are active too, as in Docker Compose.
    Raises ``ComposerError`` for a named service that is not there.
    """
    wanted = set(profiles) or {""}  # with none chosen, Docker Compose has one without a name
    for name in named:
        if name not in services:
            known = f"services there: {', '.join(sorted(services))}" if services else None
            raise ComposerError(
                f"no such service: {name}", hint=_join(nearest(name, services), known)
            )
        if not _is_active(services[name], wanted):
            wanted.update(services[name].get("profiles", ()))
    active = tuple(name for name, service in services.items() if _is_active(service, wanted))
    chosen = set(active)
    return Selection(active, tuple(name for name in services if name not in chosen))


def _is_active(service: Any, wanted: set[str]) -> bool:
    own = service.get("profiles") if isinstance(service, dict) else None
    return not own or "*" in wanted or not wanted.isdisjoint(own)


def _join(*hints: str | None) -> str | None:
    return "; ".join(hint for hint in hints if hint) or None
