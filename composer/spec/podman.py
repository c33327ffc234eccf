"""``x-podman``: the extension keys of podman-compose, in both of their spellings.

A key may be written with a dot (``x-podman.no_hosts: true``) or below ``x-podman``
(``x-podman: {no_hosts: true}``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "x-podman"
PROJECT_KEYS = (
    *("pods", "pod_per_service"),
    *("in_pod", "pod_args", "name_separator_compat", "docker_compose_compat"),
    *("default_net_name_compat", "default_net_behavior_compat"),
)
"""The keys of a whole file: ours, and podman-compose's."""


def podman_extensions(said: Mapping[str, Any]) -> dict[str, Any]:
    """The Podman extensions that ``said`` has, without the prefix; ``-`` counts as ``_``."""
    below = said.get(PREFIX)
    dotted = {
        key.removeprefix(f"{PREFIX}."): value
        for key, value in said.items()
        if key.startswith(f"{PREFIX}.")
    }
    found = {**(below if isinstance(below, Mapping) else {}), **dotted}
    return {key.replace("-", "_"): value for key, value in found.items()}


def pod_of(name: str, service: Mapping[str, Any], *, per_service: bool) -> str | None:
    """The key of the pod that ``service``, called ``name``, is in; None if it is in none.

    With ``per_service`` (``x-podman.pod_per_service``) each service is in a pod of its own, unless
    it says another, or something that no member of a pod can have.
    """
    said = podman_extensions(service).get("pod")
    if said is not None:
        return str(said)
    alone = service.get("network_mode") or service.get("provider")
    return name if per_service and not alone else None


def says_podman(model: Mapping[str, Any]) -> bool:
    """Whether a model, or a service of it, has extensions of ours."""
    parts = (model, *(model.get("services") or {}).values())
    return any(key.startswith(PREFIX) for part in parts for key in part)
