"""What services need once pods count: those of their pod, its init containers, and other pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from composer.spec.podman import podman_extensions
from composer.spec.pods import Pods

Need = dict[str, Any]
"""A ``condition``, ``required`` and ``restart``, as ``depends_on`` has them."""

_STRENGTH = (
    "service_started",
    "running_or_healthy",
    "service_healthy",
    "service_completed_successfully",
)
"""Of two conditions for one service the later one counts."""

_OF_MEMBERS = {"service_healthy": "running_or_healthy"}
"""What a condition of a pod means for a member: not all of them have a health check."""


def needs(pods: Pods, services: Mapping[str, Any]) -> dict[str, dict[str, Need]]:
    """By service (canonical, active), what it depends on; pods are resolved to their members."""
    found: dict[str, dict[str, Need]] = {}
    for name, service in services.items():
        own: dict[str, Need] = dict(service.get("depends_on") or {})
        for other, need in _further(pods, services, name):
            known = own.get(other)
            if known is None or _rank(need) > _rank(known):
                own[other] = need
        found[name] = own
    return found


def _rank(need: Need) -> int:
    return _STRENGTH.index(need.get("condition", _STRENGTH[0]))


def _further(pods: Pods, services: Mapping[str, Any], name: str) -> Iterator[tuple[str, Need]]:
    said = [podman_extensions(services[name]).get("depends_on")]
    key = pods.members.get(name)
    if key is not None:
        said.append(pods.defined[key].get("depends_on"))
        if is_init(services, name) is None:
            for member in pods.of(key):
                if is_init(services, member) is not None:
                    yield member, {"condition": _STRENGTH[-1], "required": True}
    for dependencies in said:
        listed = dict.fromkeys(dependencies) if isinstance(dependencies, list) else dependencies
        for other, how in (listed or {}).items():
            yield from _resolved(pods, services, other, how or {}, key)


def _resolved(
    pods: Pods, services: Mapping[str, Any], other: str, how: Mapping[str, Any], own: str | None
) -> Iterator[tuple[str, Need]]:
    """What it means to need ``other``: a pod, which counts first, or a service."""
    need = {"condition": "service_started", "required": True, **how}
    if other == own or other not in pods.defined:
        if other in services:
            yield other, need
        return
    condition = need["condition"]
    for member in pods.of(other):
        if is_init(services, member) is None:
            yield member, {**need, "condition": _OF_MEMBERS.get(condition, condition)}


def is_init(services: Mapping[str, Any], name: str) -> str | None:
    """When a service runs as an init container (``once``, ``always``); None if it is none."""
    return podman_extensions(services[name]).get("init")
