"""Digests of what the file says about a network or volume, to tell later what has changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec

from composer.spec.model import Network, Pod, Volume
from composer.spec.podman import podman_extensions

_NOT_OF_IT = ("key", "name", "external", "attachable", "extensions")
"""Fields that say nothing about how the network or volume is made."""
_DEFAULTS: dict[str, tuple[Any, ...]] = {"driver": ("default", "bridge", "nat", "local")}


def definition_digests(resource: Network | Volume) -> dict[str, str]:
    """A short digest of each field that the file says something about, by the field's name."""
    fields = msgspec.to_builtins(resource) | podman_extensions(resource.extensions)
    return {
        name: _digest(value)
        for name, value in sorted(fields.items())
        if name not in _NOT_OF_IT and value and value not in _DEFAULTS.get(name, ())
    }


_NOT_OF_PODS = (
    *("key", "scale", "depends_on", "profiles", "single", "config_hash"),
    *("volumes", "annotations", "restart"),
)
"""Fields of a pod that say nothing about how it is made; the last ones are its members'."""


def pod_digests(pod: Pod) -> dict[str, str]:
    """The same for a pod. Its members count where it answers to their names in its networks."""
    fields = msgspec.to_builtins(pod, enc_hook=int)
    fields["share"] = sorted(pod.share)
    fields["infra"] = "none" if pod.infra is None else fields.get("infra")
    if not pod.shares("net"):
        fields.pop("members", None)
    return {
        name: _digest(value)
        for name, value in sorted(fields.items())
        if name not in _NOT_OF_PODS and value
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
